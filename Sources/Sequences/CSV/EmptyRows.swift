// Rows without any value in a CSV file. At its end, they are leftovers of spreadsheets and are ignored; before another
// row, each may be a row of missing values.

import Failures

/// The empty rows that were read, and the record after them.
struct EmptyRows {
  private var firstLine = 0
  private var count = 0
  private var columns = 0
  /// The first of these lines that doesn't have one field per column.
  private var shortLine: Int?
  private var following: CSVRecord?

  var isEmpty: Bool { count == 0 }

  /// Adds an empty row with `fields` fields of a file with `columns` columns.
  mutating func add(line: Int, fields: Int, columns: Int) {
    if count == 0 { firstLine = line }
    count += 1
    if fields != columns, shortLine == nil { shortLine = line }
  }

  /// Adds the record after the empty rows. Throws `Failure` (data) if one of them is not a row.
  mutating func end(before record: CSVRecord, columns: Int, file: String) throws(Failure) {
    if let shortLine {
      throw Failure.data("line \(shortLine) is empty", at: file, remedy: "remove it, or fill it in")
    }
    self.columns = columns
    following = record
  }

  /// The next of the empty rows and the record after them; nil if that has been returned, or was not read yet.
  mutating func next() -> CSVRecord? {
    guard let record = following else { return nil }
    guard count > 0 else {
      following = nil
      return record
    }
    defer { (count, firstLine) = (count - 1, firstLine + 1) }
    return CSVRecord(emptyFields: columns, line: firstLine)
  }
}
