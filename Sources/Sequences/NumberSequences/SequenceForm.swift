// How sequences of numbers were read and scaled. Streams and models remember it (`rnn.sequences`), so that new files
// are read as those of the training data were.

import Failures
import JSON
import TensorFile

/// A format of files with sequences of numbers.
public enum SequenceFormat: String, Sendable, CaseIterable {
  /// A long CSV file: one row a step, and a column that names the sequence.
  case csv
  /// The UCR archive's text files: one sequence a line, its label first.
  case ucr
  /// The `.ts` files of the UEA archive, sktime and aeon.
  case ts
  /// A tensor stream.
  case stream
}

/// How sequences were read and scaled (`rnn.sequences`).
public struct SequenceForm: Sendable, Equatable {
  private static let key = "rnn.sequences"

  /// The format of the file.
  public var format: SequenceFormat
  /// The columns of a sequence's steps.
  public var columns: [String]
  /// CSV: the column that names the sequence.
  public var sequence: String?
  /// CSV: the column with the label; nil if there is none.
  public var label: String?
  /// How each sequence was scaled by its own values; nil if it was not.
  public var ownScale: ScaleKind?

  /// - Parameter columns: the columns of a sequence's steps.
  public init(_ format: SequenceFormat, columns: [String], sequence: String? = nil, label: String? = nil) {
    (self.format, self.columns, self.sequence, self.label) = (format, columns, sequence, label)
  }

  /// Reads `rnn.sequences`; nil if the stream has none.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object(Self.key) else { return nil }
    guard let format = object["format"]?.string.flatMap(SequenceFormat.init),
      let columns = object["columns"]?.strings, !columns.isEmpty
    else { throw damagedMetadata(Self.key) }
    self.init(format, columns: columns, sequence: object["sequence"]?.string, label: object["label"]?.string)
    if let scale = object["own_scale"]?.string {
      guard let kind = ScaleKind(rawValue: scale) else { throw damagedMetadata(Self.key) }
      ownScale = kind
    }
  }

  /// Writes `rnn.sequences` = `{"format":"csv","columns":["x","y"],"sequence":"id","label":"gesture"}`, with
  /// `"own_scale":"standard"` if each sequence was scaled by its own values.
  public func write(into header: inout StreamHeader) {
    var object: [String: JSONValue] = ["format": .string(format.rawValue), "columns": .strings(columns)]
    object["sequence"] = sequence.map { .string($0) }
    object["label"] = label.map { .string($0) }
    object["own_scale"] = ownScale.map { .string($0.rawValue) }
    header.metadata[Self.key] = JSONValue.object(object).text
  }
}
