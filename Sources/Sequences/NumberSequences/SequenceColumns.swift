// The columns of a long CSV file that name the sequence of each row and its label, or the series of each row and what
// is known of it.

import Failures

/// Which columns of a long CSV file name the sequences and their labels.
public struct SequenceColumns: Sendable, Equatable {
  /// The column whose value is the same in all rows of a sequence, and differs from that of the next.
  public var sequence: String
  /// The column with the label, which is the same in all rows of a sequence; nil if there is none.
  public var label: String?
  /// Whether a file may lack the label's column, as new data do.
  public var isLabelOptional = false
  /// Columns that describe the sequence, and are the same in all its rows.
  public var statics: [String] = []
  /// Whether the sequences are series to forecast, whose rows have times.
  public let isPanel: Bool

  /// - Parameters:
  ///   - sequence: the column that names the sequence.
  ///   - label: the column with the label.
  public init(sequence: String, label: String?) {
    (self.sequence, self.label, isPanel) = (sequence, label, false)
  }

  /// - Parameters:
  ///   - series: the column that names the series of a row.
  ///   - statics: the columns that describe a series.
  public init(series: String, statics: [String] = []) {
    (sequence, label, isPanel, self.statics) = (series, nil, true, statics)
  }

  /// What the rows with one name are called.
  var noun: String { isPanel ? "series" : "sequence" }
}

/// The fields of a record that name its sequence and its label.
struct SequenceFields {
  private let sequence: Int
  private let label: Int?
  /// The fields that describe the sequence.
  let statics: [Int]
  private let noun: String
  private let file: String

  /// - Throws: `Failure` (data) if a column is missing.
  init(_ columns: SequenceColumns, header: [String], file: String) throws(Failure) {
    (self.file, noun) = (file, columns.noun)
    do {
      sequence = try header.index(ofColumn: columns.sequence)
      statics = try header.indices(of: columns.statics)
      let isMissing = columns.isLabelOptional && columns.label.map { !header.contains($0) } ?? true
      label =
        isMissing ? nil : try columns.label.map { name throws(Failure) in try header.index(ofColumn: name) }
    } catch { throw error.placed(at: file) }
  }

  /// All fields.
  var indices: [Int] { [sequence] + [label].compactMap(\.self) + statics }

  /// The name of the record's sequence.
  func name(_ record: CSVRecord) throws(Failure) -> String { try text(record, sequence, "the \(noun)") }

  /// The label in the record; nil if there is none.
  func label(_ record: CSVRecord) throws(Failure) -> String? {
    guard let label else { return nil }
    return try text(record, label, "the label")
  }

  private func text(_ record: CSVRecord, _ index: Int, _ what: String) throws(Failure) -> String {
    guard let text = record.text(index) else {
      throw notUTF8("row \(record.row) (line \(record.line)): \(what)", at: file)
    }
    guard !text.isEmpty else {
      throw Failure.data(
        "row \(record.row) (line \(record.line)): \(what) is not named", at: file,
        remedy: "fill the cell or remove the row")
    }
    return text
  }
}

/// The row with which a sequence begins.
public struct SequenceBeginning: Sendable, Equatable {
  /// Its index among the rows.
  public let row: Int
  /// The name of the sequence.
  public let name: String
  /// Its label; nil if it has none.
  public let label: String?
  /// What describes it, as written; empty where a cell is.
  public var statics: [String] = []
  /// The line of the file.
  public let line: Int
}

/// Follows the sequences of a file from row to row: the rows of a sequence must be together and have one label.
struct SequenceBorders {
  let fields: SequenceFields
  private let file: String
  private let columns: SequenceColumns
  private var current: SequenceBeginning?
  /// The cells that name and describe the current sequence.
  private var cells: [[UInt8]] = []
  private var seen: Set<String> = []

  init(_ columns: SequenceColumns, header: [String], file: String) throws(Failure) {
    fields = try SequenceFields(columns, header: header, file: file)
    (self.columns, self.file) = (columns, file)
  }

  /// The name of the current sequence.
  var name: String? { current?.name }

  /// The beginning of a sequence, if the record begins one.
  /// - Parameter row: its index among the rows.
  mutating func beginning(_ record: CSVRecord, row: Int) throws(Failure) -> SequenceBeginning? {
    if continues(record) { return nil }
    let (name, label) = (try fields.name(record), try fields.label(record))
    if let current, current.name == name {
      guard current.label == label else { throw changed(record, current, to: label ?? "") }
      try checkStatics(record, current)
      return nil
    }
    guard seen.insert(name).inserted else { throw returned(record, name) }
    var beginning = SequenceBeginning(row: row, name: name, label: label, line: record.line)
    for index in fields.statics { beginning.statics.append(try text(record, index)) }
    current = beginning
    cells = fields.indices.map { Array(record[$0]) }
    return beginning
  }

  /// Whether all cells that name and describe a sequence are those with which the current one began.
  private func continues(_ record: CSVRecord) -> Bool {
    guard current != nil else { return false }
    return zip(fields.indices, cells).allSatisfy { record[$0].elementsEqual($1) }
  }

  private func text(_ record: CSVRecord, _ index: Int) throws(Failure) -> String {
    if CellShape(record.trimmed(index)) == .missing { return "" }
    guard let text = record.text(index) else {
      throw notUTF8("row \(record.row) (line \(record.line)): the cell", at: file)
    }
    return text
  }

  /// What describes a sequence must not change within it; it may be missing in later rows.
  private func checkStatics(_ record: CSVRecord, _ sequence: SequenceBeginning) throws(Failure) {
    for (number, index) in fields.statics.enumerated() {
      let text = try text(record, index)
      guard text.isEmpty || text == sequence.statics[number] else {
        throw Failure.data(
          "row \(record.row) (line \(record.line)): column \(columns.statics[number]) changes from "
            + "\(sequence.statics[number]) to \(text) within \(columns.noun) \(sequence.name)", at: file,
          remedy: "leave it out of --static, which is for what is the same in all rows of a series")
      }
    }
  }

  private func changed(_ record: CSVRecord, _ sequence: SequenceBeginning, to label: String) -> Failure {
    Failure.data(
      "row \(record.row) (line \(record.line)): the label changes from \(sequence.label ?? "") to \(label) within "
        + "sequence \(sequence.name)", at: file, remedy: "name the parts with one label as separate sequences"
    )
  }

  private func returned(_ record: CSVRecord, _ name: String) -> Failure {
    Failure.data(
      "row \(record.row) (line \(record.line)): \(columns.noun) \(name) goes on after another one", at: file,
      remedy: columns.isPanel
        ? "sort the file by series, and by time within each"
        : "sort the file by sequence, keeping the order of steps"
    )
  }
}
