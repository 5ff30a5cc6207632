// The columns of a long CSV file that name the sequence of each row and its label.

import Failures

/// Which columns of a long CSV file name the sequences and their labels.
public struct SequenceColumns: Sendable, Equatable {
  /// The column whose value is the same in all rows of a sequence, and differs from that of the next.
  public var sequence: String
  /// The column with the label, which is the same in all rows of a sequence; nil if there is none.
  public var label: String?
  /// Whether a file may lack the label's column, as new data do.
  public var isLabelOptional = false

  /// - Parameters:
  ///   - sequence: the column that names the sequence.
  ///   - label: the column with the label.
  public init(sequence: String, label: String?) { (self.sequence, self.label) = (sequence, label) }
}

/// The fields of a record that name its sequence and its label.
struct SequenceFields {
  private let sequence: Int
  private let label: Int?
  private let file: String

  /// - Throws: `Failure` (data) if a column is missing.
  init(_ columns: SequenceColumns, header: [String], file: String) throws(Failure) {
    self.file = file
    do {
      sequence = try header.index(ofColumn: columns.sequence)
      let isMissing = columns.isLabelOptional && columns.label.map { !header.contains($0) } ?? true
      label =
        isMissing ? nil : try columns.label.map { name throws(Failure) in try header.index(ofColumn: name) }
    } catch { throw error.placed(at: file) }
  }

  /// All fields.
  var indices: [Int] { [sequence] + [label].compactMap(\.self) }

  /// The name of the record's sequence.
  func name(_ record: CSVRecord) throws(Failure) -> String { try text(record, sequence, "the sequence") }

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
  /// The line of the file.
  public let line: Int
}

/// Follows the sequences of a file from row to row: the rows of a sequence must be together and have one label.
struct SequenceBorders {
  let fields: SequenceFields
  private let file: String
  private var current: SequenceBeginning?
  private var seen: Set<String> = []

  init(_ columns: SequenceColumns, header: [String], file: String) throws(Failure) {
    fields = try SequenceFields(columns, header: header, file: file)
    self.file = file
  }

  /// The beginning of a sequence, if the record begins one.
  /// - Parameter row: its index among the rows.
  mutating func beginning(_ record: CSVRecord, row: Int) throws(Failure) -> SequenceBeginning? {
    let (name, label) = (try fields.name(record), try fields.label(record))
    if let current, current.name == name {
      guard current.label == label else { throw changed(record, current, to: label ?? "") }
      return nil
    }
    guard seen.insert(name).inserted else { throw returned(record, name) }
    let beginning = SequenceBeginning(row: row, name: name, label: label, line: record.line)
    current = beginning
    return beginning
  }

  private func changed(_ record: CSVRecord, _ sequence: SequenceBeginning, to label: String) -> Failure {
    Failure.data(
      "row \(record.row) (line \(record.line)): the label changes from \(sequence.label ?? "") to \(label) within "
        + "sequence \(sequence.name)", at: file, remedy: "name the parts with one label as separate sequences"
    )
  }

  private func returned(_ record: CSVRecord, _ name: String) -> Failure {
    Failure.data(
      "row \(record.row) (line \(record.line)): sequence \(name) goes on after another one", at: file,
      remedy: "sort the file by sequence, keeping the order of steps")
  }
}
