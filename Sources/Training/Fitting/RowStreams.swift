// Rows that continue one another, such as the windows of one long text, divided into parallel streams: row i of a batch
// continues row i of the batch before, so that stateful layers carry their states through the text (truncated
// backpropagation through time). With 10 rows and batches of 4:
//
//   stream 0   rows 0 1 2        batches   {0 3 6 8} {1 4 7 9} {2 5}
//   stream 1   rows 3 4 5
//   stream 2   rows 6 7
//   stream 3   rows 8 9
//
// The longer streams come first, so that the last, smaller batch continues rows at the same positions.

/// Consecutive rows in parallel streams.
struct RowStreams {
  /// The number of streams, which is that of the rows in a batch.
  let count: Int
  /// The rows, batch by batch.
  let order: [Int]

  /// - Parameters:
  ///   - rows: the number of rows.
  ///   - count: the number of streams; fewer if there are fewer rows.
  init(rows: Int, count: Int) {
    let count = max(1, min(count, rows))
    let (length, longer) = (rows / count, rows % count)
    let starts = (0..<count).map { $0 * length + min($0, longer) }
    var order: [Int] = []
    order.reserveCapacity(rows)
    for position in 0..<length { order += starts.map { $0 + position } }
    order += starts[..<longer].map { $0 + length }
    (self.count, self.order) = (count, order)
  }

  /// The streams of rows that are only evaluated: fewer and longer ones than in training where there are few rows,
  /// because each begins without a state.
  static func evaluating(rows: Int, atMost most: Int) -> RowStreams {
    RowStreams(rows: rows, count: min(most, max(1, rows / shortest)))
  }

  /// The fewest rows of a stream that is evaluated.
  private static let shortest = 8
}
