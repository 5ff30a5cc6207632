// How sequences of numbers were read and scaled. Streams and models remember it (`rnn.sequences`), so that new files
// are read as those of the training data were.

import Audio
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
  /// WAV files, one by one or in a list with labels.
  case wav
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
  /// WAV: the settings of the spectrograms.
  public var spectrogram: LogMel?
  /// WAV: whether recordings have texts rather than classes.
  public var hasTexts = false

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
    if let audio = object["audio"]?.object { try readAudio(audio) }
  }

  private mutating func readAudio(_ audio: [String: JSONValue]) throws {
    guard let rate = audio["rate"]?.int, let frame = audio["frame"]?.int, let hop = audio["hop"]?.int,
      let lowest = audio["lowest"]?.double
    else { throw damagedMetadata(Self.key) }
    do {
      spectrogram = try LogMel(
        rate: rate, frame: frame, hop: hop, mels: columns.count, lowest: lowest,
        highest: audio["highest"]?.double)
    } catch { throw damagedMetadata(Self.key) }
    hasTexts = audio["texts"]?.bool ?? false
  }

  private var audio: JSONValue? {
    guard let spectrogram else { return nil }
    var object: [String: JSONValue] = [
      "rate": .integer(Int64(spectrogram.rate)), "frame": .integer(Int64(spectrogram.frame)),
      "hop": .integer(Int64(spectrogram.hop)), "lowest": .number(spectrogram.lowest),
    ]
    object["highest"] = spectrogram.highest.map { .number($0) }
    if hasTexts { object["texts"] = true }
    return .object(object)
  }

  /// Writes `rnn.sequences` = `{"format":"csv","columns":["x","y"],"sequence":"id","label":"gesture"}`, with
  /// `"own_scale":"standard"` if each sequence was scaled by its own values.
  public func write(into header: inout StreamHeader) {
    var object: [String: JSONValue] = ["format": .string(format.rawValue), "columns": .strings(columns)]
    object["sequence"] = sequence.map { .string($0) }
    object["label"] = label.map { .string($0) }
    object["own_scale"] = ownScale.map { .string($0.rawValue) }
    object["audio"] = audio
    header.metadata[Self.key] = JSONValue.object(object).text
  }
}
