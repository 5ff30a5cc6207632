// The states that a stateful layer keeps between batches: each row's final states, from which the same row of the
// next batch continues (Keras: RNN(stateful=True)).

import Kernels

/// The final states of a batch's rows.
final class CarriedState {
  private let buffers: [FloatBuffer]
  private let widths: [Int]

  /// - Parameter widths: the width of each state of the cell, such as h and c.
  init(rows: Int, widths: [Int]) {
    self.widths = widths
    buffers = widths.map { FloatBuffer(rows * paddedWidth($0)) }
  }

  /// State number `number` of the shard's rows, `[n, width]`.
  func rows(_ number: Int, _ shard: Shard) -> Matrix {
    let stride = paddedWidth(widths[number])
    return buffers[number].matrix(
      at: shard.stateRow * stride, rows: shard.rows, columns: widths[number], stride: stride)
  }

  /// Sets all states to zero.
  func reset() { for buffer in buffers { buffer.fill(0, 0..<buffer.count) } }

  /// Copies other states of the same widths: row i is their row `rows[i]`.
  func copy(_ other: CarriedState, rows: [Int]) {
    for (number, width) in widths.enumerated() {
      let stride = paddedWidth(width)
      let (own, given) = (buffers[number], other.buffers[number])
      for (row, source) in rows.enumerated() {
        own.matrix(at: row * stride, rows: 1, columns: width, stride: stride)
          .copy(given.matrix(at: source * stride, rows: 1, columns: width, stride: stride))
      }
    }
  }

  /// All values, for saving and restoring.
  var array: [Float] {
    get { buffers.flatMap(\.array) }
    set {
      var start = 0
      for buffer in buffers {
        buffer.write(newValue[start..<start + buffer.count])
        start += buffer.count
      }
    }
  }

  /// The number of values in `array`.
  var size: Int { buffers.reduce(0) { $0 + $1.count } }
}

extension CarriedState: ShardValues {
  func values(of shard: Shard) -> [Double] {
    zip(buffers, widths).flatMap { $0.array(range(shard, width: $1)).map(Double.init) }
  }

  func take(_ values: ArraySlice<Double>, of shard: Shard) {
    var rest = values
    for (buffer, width) in zip(buffers, widths) {
      let range = range(shard, width: width)
      buffer.write(rest.prefix(range.count).map { Float($0) }, at: range.lowerBound)
      rest = rest.dropFirst(range.count)
    }
  }

  private func range(_ shard: Shard, width: Int) -> Range<Int> {
    let stride = paddedWidth(width)
    return shard.stateRow * stride..<(shard.stateRow + shard.rows) * stride
  }
}
