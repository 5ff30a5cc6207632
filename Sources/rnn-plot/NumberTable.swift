// A CSV file of numbers, read into memory: the source of histories and curves.

import ByteStreams
import Failures
import Sequences
import TensorFile

/// Named columns of numbers.
struct NumberTable {
  let header: [String]
  /// One array per column, all equally long and not empty.
  let columns: [[Double]]

  /// - Parameter rows: the word for a row in messages.
  /// - Throws: `Failure(.data)` if a cell is not a number or there are no rows.
  init(_ source: PeekedSource, named name: String, rows: String) throws {
    var table = try CSVReader(source, named: name)
    var columns = [[Double]](repeating: [], count: table.header.count)
    while let record = try table.next() {
      for index in columns.indices {
        columns[index].append(try NumberTable.number(record, index, table, name))
      }
    }
    guard columns.first?.isEmpty == false else { throw Failure.data("there is no \(rows)", at: name) }
    header = table.header
    self.columns = columns
  }

  /// The number in a cell; NaN if the cell is empty or a mark of a missing value such as `NA`.
  private static func number(_ record: CSVRecord, _ index: Int, _ table: CSVReader, _ name: String) throws
    -> Double
  {
    switch NumberFormat().value(record[index]) {
    case .number(let value): return value
    case .missing: return .nan
    case nil:
      let text = record.text(index) ?? ""
      // A history may hold infinite losses.
      if let value = Double(text) { return value }
      throw Failure.data(
        "line \(record.line), column \(table.header[index]): \"\(text)\" is not a number", at: name)
    }
  }
}
