// Dropout masks, sums per token, orthogonal matrices and the thread pool.

import Kernels
import Synchronization
import Testing

@Suite struct DropoutTests {
  /// The result of dropout applied to ones, forward or backward.
  private func mask(
    rate: Float, rows: Int, columns: Int, step: Int = 0, firstRow: Int = 0, backward: Bool = false
  ) -> [Float] {
    let stride = paddedWidth(columns)
    let buffers = [Float(1), .nan].map { FloatBuffer(count: rows * stride, zero: $0) }
    let bits = Buffer<UInt16>(count: rows * stride / 16, zero: 0)
    let key = DropoutKey(seed: 7, layer: 1, step: step)
    return withExtendedLifetime((buffers, bits)) {
      let (ones, result) = (
        buffers[0].matrix(rows: rows, columns: columns, stride: stride),
        buffers[1].matrix(rows: rows, columns: columns, stride: stride)
      )
      let mask = bits.mask(at: 0, vectors: bits.count)
      dropout(ones, rate: rate, key: key, firstRow: firstRow, time: 3, mask, into: result)
      if backward {
        buffers[1].fill(.nan, 0..<buffers[1].count)
        dropoutBackward(ones, rate: rate, mask, into: result)
      }
      return (0..<rows).flatMap { buffers[1].array($0 * stride..<$0 * stride + columns) }
    }
  }

  @Test(arguments: [Float(0.1), 0.3, 0.5, 0.9]) func keepsTheRightFraction(rate: Float) {
    let values = mask(rate: rate, rows: 400, columns: 250)
    let kept = Float(values.filter { $0 > 0 }.count) / Float(values.count)
    #expect(abs(kept - (1 - rate)) < 0.006)
    #expect(values.allSatisfy { $0 == 0 || abs($0 - 1 / (1 - rate)) < 1e-5 })
  }

  @Test func theSameValuesAreDroppedBackward() {
    for (rows, columns) in [(1, 1), (7, 16), (16, 50), (3, 130)] {
      let forward = mask(rate: 0.4, rows: rows, columns: columns)
      #expect(mask(rate: 0.4, rows: rows, columns: columns, backward: true) == forward)
    }
  }

  @Test func dependsOnlyOnPositionAndStep() {
    let whole = mask(rate: 0.5, rows: 12, columns: 50)
    #expect(Array(whole[200..<400]) == mask(rate: 0.5, rows: 4, columns: 50, firstRow: 4))
    #expect(whole != mask(rate: 0.5, rows: 12, columns: 50, step: 1))
  }
}

@Suite struct TokenTests {
  /// Six positions with the tokens 3 1 3 0 3 1, each with a row of 16 equal numbers, 1 to 6.
  private let ids = IndexBuffer(6)
  private let rows = FloatBuffer(6 * 16)
  private let index = TokenIndex(vocabulary: 5, capacity: 6)

  init() {
    ids.write([3, 1, 3, 0, 3, 1])
    for position in 0..<6 { rows.fill(Float(position + 1), position * 16..<(position + 1) * 16) }
    index.build(ids, count: 6)
  }

  private func matrix(_ buffer: FloatBuffer, _ rows: Range<Int>) -> Matrix {
    buffer.matrix(at: rows.lowerBound * 16, rows: rows.count, columns: 16, stride: 16)
  }

  @Test func gradientsAreSummedByToken() {
    let shards = (0..<2).map { _ in TokenSums(vocabulary: 5, capacity: 3, width: 16) }
    for _ in 0..<2 {
      for shard in shards { shard.clear() }
      shards[0].add(matrix(rows, 0..<3), ids: ids, from: 0)
      shards[1].add(matrix(rows, 3..<6), ids: ids, from: 3)
    }
    let sums = FloatBuffer(3 * 16)
    addShards(shards, shards: 0..<2, of: index, 0..<3, into: matrix(sums, 0..<3))
    let table = FloatBuffer(count: 5 * 16, zero: 9)
    scatterRows(matrix(sums, 0..<3), of: index, 0..<3, into: matrix(table, 0..<5), adds: false)
    #expect((0..<5).map { table[$0 * 16] } == [4, 8, 9, 9, 9])
    scatterRows(matrix(sums, 1..<3), of: index, 1..<3, into: matrix(table, 0..<5), adds: true)
    #expect((0..<5).map { table[$0 * 16 + 15] } == [8, 16, 9, 9, 9])
    clearRows(of: index, 0..<2, in: matrix(table, 0..<5))
    #expect((0..<5).map { table[$0 * 16 + 15] } == [8, 0, 9, 0, 9])
  }

  @Test func rowsAreFoundByToken() {
    #expect(index.distinct == 3)
    let byNumber = FloatBuffer(3 * 16)
    gatherRows(matrix(rows, 0..<6), of: index, 0..<3, into: matrix(byNumber, 0..<3))
    #expect((0..<3).map { byNumber[$0 * 16] } == [4, 2, 1])
    let byPosition = FloatBuffer(6 * 16)
    gatherRows(matrix(byNumber, 0..<3), by: index, ids: ids, from: 0, into: matrix(byPosition, 0..<6))
    #expect((0..<6).map { byPosition[$0 * 16 + 15] } == [4, 2, 4, 1, 4, 2])
  }
}

@Suite struct OrthogonalTests {
  @Test(arguments: [(5, 5), (8, 32), (32, 8), (1, 4), (4, 1)])
  func columnsOrRowsAreOrthonormal(rows: Int, columns: Int) {
    let normal = (0..<rows * columns).map { (k: Int) -> Double in Double((k * 7919 + 13) % 101) / 50 - 1 }
    let q = orthonormal(normal, rows: rows, columns: columns)
    let wide = columns > rows
    for i in 0..<min(rows, columns) {
      for j in 0..<min(rows, columns) {
        var dot = 0.0
        for k in 0..<max(rows, columns) {
          let (a, b) = wide ? (i * columns + k, j * columns + k) : (k * columns + i, k * columns + j)
          dot += q[a] * q[b]
        }
        let expected = i == j ? 1.0 : 0
        #expect(abs(dot - expected) < 1e-12)
      }
    }
  }
}

@Suite struct WorkerPoolTests {
  private final class Counter: PhasedWork {
    let counts: [Atomic64] = (0..<100).map { _ in Atomic64() }
    func perform(_ phase: Int, item: Int, worker: Int) { counts[item].add(phase) }
  }

  private final class Atomic64: Sendable {
    private let value = Atomic<Int>(0)
    func add(_ amount: Int) { value.wrappingAdd(amount, ordering: .relaxed) }
    var now: Int { value.load(ordering: .relaxed) }
  }

  @Test(arguments: [1, 2, 3, 8]) func everyItemIsProcessedOnce(workers: Int) {
    let pool = WorkerPool(workers: workers)
    let work = Counter()
    for phase in 1...200 { pool.run(work, phase, items: 1 + phase % 100) }
    pool.close()
    for item in 0..<100 {
      let expected = (1...200).filter { item < 1 + $0 % 100 }.reduce(0, +)
      #expect(work.counts[item].now == expected)
    }
  }
}
