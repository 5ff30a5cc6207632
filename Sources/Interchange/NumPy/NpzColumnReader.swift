// One column of a npz archive, some rows at a time.

import ByteStreams
import Failures
import Tensor
import TensorFile

/// Reads one column of a npz archive row by row.
struct NpzColumnReader {
  let column: String
  private var values: NpyReader
  private var lengths: NpyReader?
  /// The lengths of the next rows of a ragged column.
  private var nextLengths: [Int] = []
  private let name: String

  /// - Parameters:
  ///   - values: the bytes of the elements.
  ///   - lengths: the bytes of the rows' lengths, if the column is ragged.
  ///   - name: the file's name for messages.
  init(_ column: String, values: any ByteSource, lengths: (any ByteSource)?, named name: String) throws {
    self.column = column
    self.name = "\(name), array \(column)"
    self.values = try NpyReader(values, named: self.name)
    self.lengths = try lengths.map { try NpyReader($0, named: "\(name), array \(column)") }
  }

  /// How many of the next `count` rows together have at most `bytes` bytes; at least one.
  /// - Throws: `Failure` (data) if the lengths don't add up to the values, or one row is larger than any may be.
  mutating func affordable(_ count: Int, bytes: Int) throws -> Int {
    guard lengths != nil else { return count }
    if let more = try lengths?.next(count - min(count, nextLengths.count)).integers { nextLengths += more }
    let width = max(1, values.rowBytes)
    var total = 0
    for (index, length) in nextLengths.prefix(count).enumerated() {
      guard length >= 0, length <= values.rowsLeft - total, length <= Int32.max else { throw mismatch }
      guard length <= NpyHeader.longestRow / width else {
        throw Failure.data(
          "a row of \(length) elements is larger than \(NpyHeader.longestRow >> 20) MiB", at: name)
      }
      total += length
      if total > bytes / width, index > 0 { return index }
    }
    return count
  }

  /// The next `count` rows, which must be affordable.
  mutating func next(_ count: Int) throws -> Column {
    guard lengths != nil else { return .dense(try values.next(count)) }
    let lengths = nextLengths.prefix(count).map { Int32($0) }
    nextLengths.removeFirst(count)
    let total = lengths.reduce(0) { $0 + Int($1) }
    return .ragged(Ragged(values: try values.next(total), lengths: lengths))
  }

  /// - Throws: `Failure` (data) if values are left over, or bytes follow an array.
  mutating func finish() throws {
    guard values.rowsLeft == 0 else { throw mismatch }
    try values.finish()
    try lengths?.finish()
  }

  private var mismatch: Failure { .data("the lengths don't add up to the values", at: name) }
}
