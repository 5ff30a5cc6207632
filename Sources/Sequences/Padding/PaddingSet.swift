// How the columns of a stream are padded: those with as many steps as the main column like it, the others to lengths of
// their own.

import Failures
import TensorFile

/// The paddings of a stream or a model (`rnn.padding`, and `rnn.padding.NAME` of columns that differ).
public struct PaddingSet: Sendable, Equatable {
  /// The padding of the main column, and of all that have its steps.
  public var main: Padding
  /// The paddings of other columns, by name.
  public var others: [String: Padding]

  /// One padding, and those of columns that differ.
  public init(_ main: Padding, others: [String: Padding] = [:]) {
    self.main = main
    self.others = others
  }

  /// Reads the paddings of a stream or a model; nil if it has none.
  public init?(header: StreamHeader) throws {
    guard let main = try Padding(header: header) else { return nil }
    self.init(main)
    for key in header.metadata.keys where key.hasPrefix("\(Padding.key).") {
      let column = String(key.dropFirst(Padding.key.count + 1))
      others[column] = try Padding(header: header, column: column)
    }
  }

  /// Writes the paddings into a header.
  public func write(into header: inout StreamHeader) {
    main.write(into: &header)
    for (column, padding) in others { padding.write(into: &header, column: column) }
  }

  /// The padding of a column.
  func padding(of column: String) -> Padding { others[column] ?? main }
}

/// The columns of a stream that can be padded.
enum PaddedColumns {
  /// The names of the main column: its steps are those of the sequence.
  private static let mainNames = ["x", "source", "target"]

  /// The main column of a stream: `x` of sequences, `source` of pairs, `target` of pairs without texts as sources.
  static func main(among names: some Collection<String>) -> String {
    mainNames.first(where: names.contains) ?? mainNames[0]
  }

  /// Whether the column holds sequences of numbers, rather than text.
  static func holdsNumbers(_ name: String, _ rows: Ragged) -> Bool {
    mainNames.contains(name) || name == "y" || rows.values.type != .u8
  }
}

extension Chunk {
  /// The ragged columns of numbers besides the main one.
  var furtherSequences: [(name: String, rows: Ragged)] {
    let main = PaddedColumns.main(among: columns.keys)
    return columns.keys.sorted().compactMap { name in
      guard name != main, let rows = columns[name]?.ragged, PaddedColumns.holdsNumbers(name, rows) else {
        return nil
      }
      return (name, rows)
    }
  }

  /// The main column as sequences.
  func mainSequences() throws(Failure) -> Ragged {
    guard let column = columns[PaddedColumns.main(among: columns.keys)] else {
      throw Failure.data(
        "there is no column x; the columns are \(columns.keys.sorted().joined(separator: ", "))",
        remedy: columns["text"] == nil ? nil : "tokenize the text with rnn-tokenize first")
    }
    guard let sequences = column.ragged else {
      throw Failure.data(
        "nothing to pad: each row of \(PaddedColumns.main(among: columns.keys)) already has the shape \(column.schema.rowShape)"
      )
    }
    return sequences
  }
}
