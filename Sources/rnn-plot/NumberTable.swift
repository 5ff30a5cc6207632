// A CSV file of numbers, read whole: what histories and curves are drawn from.

import ByteStreams
import Failures
import Sequences
import TensorFile

/// A header and a column of numbers for each of its names.
struct NumberTable {
  let header: [String]
  /// One array a column, all of one length, at least one number long.
  let columns: [[Double]]

  /// - Parameter rows: what messages call a row.
  /// - Throws: `Failure` (data) where a cell is no number or there is no row.
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

  /// A cell's number; `NA` and nothing stand for a value that is not there.
  private static func number(_ record: CSVRecord, _ index: Int, _ table: CSVReader, _ name: String) throws
    -> Double
  {
    let text = record.text(index) ?? ""
    if text.isEmpty || text == "NA" { return .nan }
    guard let value = Double(text) else {
      throw Failure.data(
        "line \(record.line), column \(table.header[index]): \"\(text)\" is no number", at: name)
    }
    return value
  }
}
