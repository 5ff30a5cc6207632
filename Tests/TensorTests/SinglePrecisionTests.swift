// Which columns single precision can't tell apart.

import Tensor
import Testing

@Suite struct SinglePrecisionTests {
  private func blurred(_ values: [Double]) -> Bool {
    var check = SinglePrecisionCheck(columns: 1)
    for value in values { check.add(value, column: 0) }
    return !check.blurredColumns.isEmpty
  }

  @Test func metersAreBlurred() {
    #expect(blurred((0..<50).map { 123_456_789 + Double($0) }))
    #expect(blurred((0..<50).map { 2_500_000 + 0.7 * Double($0) }))
    #expect(!blurred((0..<50).map { 16_777_166 + Double($0) }))
    #expect(blurred((0..<50).map { 16_777_216 + Double($0) }))
  }

  @Test func ordinaryNumbersAreNot() {
    #expect(!blurred((0..<50).map { 20 + 0.1 * Double($0 % 7) }))
    #expect(!blurred([1, 1, 1, .nan, 1, .infinity, 2]))
    #expect(!blurred([]))
  }

  /// A few tiny differences among large ones are rounding errors of the data rather than values.
  @Test func someNoiseIsNot() {
    #expect(!blurred((0..<100).map { $0 == 50 ? 49.000_000_000_1 : Double($0) }))
  }

  @Test func columnsAreApart() {
    var check = SinglePrecisionCheck(columns: 2)
    for row in 0..<10 {
      check.add(Double(row), column: 0)
      check.add(1e9 + Double(row), column: 1)
    }
    #expect(check.blurredColumns == [1])
  }
}
