// Whether numbers can still be distinguished after rounding to single precision: 24 significant bits are too few for a
// meter that reads 123,456,789.25, or for steps that are tiny compared with the range.

/// Compares the differences between neighboring values of each column before and after rounding.
public struct SinglePrecisionCheck: Sendable {
  private struct Column {
    var last = Double.nan
    var changes = 0
    var blurred = 0
  }

  private var columns: [Column]

  /// - Parameter columns: the number of columns.
  public init(columns: Int) { self.columns = Array(repeating: Column(), count: columns) }

  /// Adds the next value of a column; NaN and infinities are not compared.
  @inline(__always)
  public mutating func add(_ value: Double, column: Int) {
    let last = columns[column].last
    columns[column].last = value
    let change = value - last
    guard change != 0, change.isFinite else { return }
    let rounded = Double(Float(value)) - Double(Float(last))
    columns[column].changes += 1
    if abs(rounded - change) > abs(change) / 8 { columns[column].blurred += 1 }
  }

  /// The columns in which rounding changes the difference between neighbors by more than an eighth, for more than one
  /// in twenty of the pairs that differ.
  public var blurredColumns: [Int] {
    columns.indices.filter { columns[$0].blurred * 20 > columns[$0].changes }
  }
}
