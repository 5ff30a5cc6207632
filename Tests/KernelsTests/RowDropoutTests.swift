// The masks that recurrent layers apply to all steps: their statistics, and their application.

import Kernels
import Testing

@Suite struct RowDropoutTests {
  private func mask(_ name: String, rate: Float, number: Int, rows: Int = 300, columns: Int = 96) -> [Float] {
    let buffer = FloatBuffer(rows * columns)
    drawMask(
      rate: rate, key: DropoutKey(seed: 5, name: name, step: 2), firstRow: 0, number: number,
      into: buffer.matrix(rows: rows, columns: columns, stride: columns))
    return buffer.array
  }

  @Test(arguments: [Float(0.1), 0.5, 0.9]) func keepTheRightFraction(rate: Float) {
    let values = mask("lstm.kernel", rate: rate, number: 0)
    let kept = Float(values.filter { $0 > 0 }.count) / Float(values.count)
    #expect(abs(kept - (1 - rate)) < 0.012)
    #expect(values.allSatisfy { $0 == 0 || abs($0 - 1 / (1 - rate)) < 1e-5 })
    // Each row keeps the right fraction too.
    for row in 0..<300 {
      let share = Float(values[row * 96..<row * 96 + 96].filter { $0 > 0 }.count) / 96
      #expect(abs(share - (1 - rate)) < 0.3)
    }
  }

  /// With a rate of one half, two independent masks both keep a quarter of the elements.
  @Test func gatesAndWeightsHaveSeparateMasks() {
    let masks = [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1)].map {
      mask($0.0, rate: 0.5, number: $0.1)
    }
    for (index, first) in masks.enumerated() {
      for second in masks[(index + 1)...] {
        let both = zip(first, second).filter { $0.0 > 0 && $0.1 > 0 }.count
        #expect(abs(Float(both) / Float(first.count) - 0.25) < 0.012)
      }
    }
  }

  @Test func aMaskIsRepeatedForEachStep() {
    let values = FloatBuffer(count: 6 * 16, zero: 2)
    let mask = FloatBuffer(2 * 16)
    mask.fill(3, 16..<32)
    let result = FloatBuffer(count: 6 * 16, zero: 1)
    let (x, m, y) = (
      values.matrix(rows: 6, columns: 16, stride: 16), mask.matrix(rows: 2, columns: 16, stride: 16),
      result.matrix(rows: 6, columns: 16, stride: 16)
    )
    addRows(x, times: m, into: y)
    #expect((0..<6).map { result[$0 * 16] } == [1, 7, 1, 7, 1, 7])
    multiplyRows(x, by: m, into: y)
    #expect((0..<6).map { result[$0 * 16 + 15] } == [0, 6, 0, 6, 0, 6])
  }
}
