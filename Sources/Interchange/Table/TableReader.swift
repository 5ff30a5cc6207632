// The lines of a CSV or TSV table as cells of text.

import ByteStreams
import Failures
import Sequences
import TensorFile

/// Reads a table row by row.
struct TableReader {
  /// A row.
  struct Row {
    /// The number of its first line, from 1.
    let line: Int
    let cells: [String]
  }

  /// The header's names.
  let names: [String]
  private var csv: CSVReader
  private let isEscaped: Bool
  private let name: String

  init(
    _ source: any ByteSource, style: TableStyle, header: CSVHeader, named name: String
  ) throws {
    var dialect = CSVDialect(separator: style == .tsv ? 0x09 : nil, header: header)
    dialect.offersNoHeader = true
    dialect.keepsEmptyRows = style == .tsv
    csv = try CSVReader(source, named: name, dialect)
    names = csv.header
    isEscaped = style == .tsv
    self.name = name
  }

  mutating func next() throws -> Row? {
    guard let record = try csv.next() else { return nil }
    var cells: [String] = []
    cells.reserveCapacity(record.count)
    for index in 0..<record.count {
      guard let text = record.text(index) else {
        throw notUTF8("line \(record.line), column \(names[index]): the cell", at: name)
      }
      cells.append(isEscaped ? unescaped(text) : text)
    }
    return Row(line: record.line, cells: cells)
  }

  private func unescaped(_ text: String) -> String {
    guard text.utf8.contains(0x5C) else { return text }
    var (out, isEscape) = ("", false)
    for scalar in text.unicodeScalars {
      if isEscape {
        out += [Unicode.Scalar("t"): "\t", "n": "\n", "r": "\r", "\\": "\\"][scalar] ?? "\\\(scalar)"
        isEscape = false
      } else if scalar == "\\" {
        isEscape = true
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return isEscape ? out + "\\" : out
  }
}
