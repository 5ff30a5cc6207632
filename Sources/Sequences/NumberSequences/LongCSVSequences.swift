// Sequences in a long CSV file: one row a step, a column that names the sequence, and possibly one with its label.
// Cells are read as those of a series are, so decimal commas, missing values and times are treated alike.

import ByteStreams
import Failures

/// Reads the sequences of a long CSV file one after another.
public struct LongCSVSequences: NumberSequenceSource {
  private var csv: SeriesCSV
  private let name: String
  private let named: SequenceColumns
  private var rows: SeriesRows?
  /// The next row to read, and the next of the block's beginnings.
  private var (row, beginning) = (0, 0)

  /// The maximum number of values in a sequence, as many as fit into a chunk of a stream.
  private static let mostValues = 1 << 25

  /// - Parameters:
  ///   - name: the file's name, for messages.
  ///   - options: how the file is read.
  ///   - columns: the columns that name sequences and labels.
  public init(
    _ source: any ByteSource, named name: String, _ options: SeriesCSVOptions, _ columns: SequenceColumns
  ) throws {
    var options = options
    options.sequences = columns
    options.keepsMissing = true
    named = columns
    self.name = name
    csv = try SeriesCSV(source, named: name, options)
  }

  /// The names of the columns with numbers.
  public var columns: [String] { csv.schema.columns }

  /// The columns, and those that name sequences and labels.
  public var form: SequenceForm {
    SequenceForm(.csv, columns: columns, sequence: named.sequence, label: named.label)
  }

  /// What is doubtful in the file, after the last sequence.
  public var warnings: [String] { csv.notes + csv.warnings }

  /// The next sequence; nil after the last.
  public mutating func next() throws -> NumberSequence? {
    guard let rows = try block() else { return nil }
    let start = rows.beginnings[beginning]
    beginning += 1
    var sequence = NumberSequence(
      name: start.name, label: start.label, values: [], place: "sequence \(start.name) (line \(start.line))")
    take(into: &sequence.values)
    // A sequence may go on in the following blocks.
    while self.rows == nil, let more = try csv.next() {
      (self.rows, row, beginning) = (more, 0, 0)
      take(into: &sequence.values)
      guard sequence.values.count <= Self.mostValues else {
        throw Failure.data("\(sequence.place) is longer than \(Self.mostValues >> 17) MiB", at: name)
      }
    }
    return sequence
  }

  /// The block whose next row begins a sequence; nil at the end.
  private mutating func block() throws -> SeriesRows? {
    if rows == nil {
      rows = try csv.next()
      (row, beginning) = (0, 0)
    }
    return rows
  }

  /// Appends the block's rows up to the next beginning; afterwards the block is gone if it has no more rows.
  private mutating func take(into values: inout [Double]) {
    guard let rows else { return }
    let end = beginning < rows.beginnings.count ? rows.beginnings[beginning].row : rows.rows
    values.append(contentsOf: rows.values[row * rows.width..<end * rows.width])
    row = end
    if end == rows.rows { self.rows = nil }
  }
}
