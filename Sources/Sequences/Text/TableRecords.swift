// Text files that are tables: a column for the text and a column for the label.

import ByteStreams
import Failures

/// The rows of a CSV or TSV file.
struct TableRecords: TextRecords {
  private var csv: CSVReader
  private let chosen: TextColumns
  private let textIndices: [Int]
  private let labelIndex: Int?
  private let labelSeparator: String?
  /// Whether a backslash begins an escape, as in the tables that rnn-convert writes.
  private let isEscaped: Bool
  private(set) var line = 1

  var columns: TextColumns? { chosen }
  var description: String? { chosen.description(ignoring: csv.header) }

  init(_ source: any ByteSource, named name: String, isTSV: Bool, _ options: TextOptions) throws {
    var dialect = CSVDialect(
      separator: options.separator ?? (isTSV ? 0x09 : nil), header: options.tableHeader)
    dialect.offersNoHeader = true
    let csv = try CSVReader(source, named: name, dialect)
    self.csv = csv
    let columns = try TextColumns(csv.header, candidates: csv.header, options)
    textIndices = columns.text.compactMap { csv.header.firstIndex(of: $0) }
    labelIndex = columns.label.flatMap { csv.header.firstIndex(of: $0) }
    (chosen, isEscaped, labelSeparator) = (columns, isTSV, options.labelSeparator)
  }

  mutating func next() throws -> TextRecord? {
    guard let record = try csv.next() else { return nil }
    line = record.line
    let texts = textIndices.map { plain(record[$0]) }
    let label = try labelIndex.map { index in
      LabelText.label(try LabelText.name(plain(record.trimmed(index))), separator: labelSeparator)
    }
    return TextRecord(
      label: label, text: texts.count == 1 ? texts[0] : Array(texts.joined(separator: [0x20]))[...])
  }

  private func plain(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    isEscaped ? TextLine.unescaped(field) : field
  }
}
