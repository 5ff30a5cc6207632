// The batches of rows that are processed in order.

/// The batches of `rows` rows: each range, and the position of its first row in a full batch.
struct BatchRanges: Sequence, IteratorProtocol {
  private let rows: Int
  private let size: Int
  private var start = 0
  private var stateRow: Int

  /// - Parameters:
  ///   - size: the number of rows in a full batch.
  ///   - stateRow: the position of the first row, if stateful layers continue from earlier rows.
  init(rows: Int, size: Int, stateRow: Int) { (self.rows, self.size, self.stateRow) = (rows, size, stateRow) }

  mutating func next() -> (rows: Range<Int>, stateRow: Int)? {
    guard start < rows else { return nil }
    let batch = (rows: start..<Swift.min(start + size - stateRow, rows), stateRow: stateRow)
    stateRow = (stateRow + batch.rows.count) % size
    start = batch.rows.upperBound
    return batch
  }
}
