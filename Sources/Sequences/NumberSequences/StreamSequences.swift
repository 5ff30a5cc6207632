// Sequences of numbers in a stream of kind `sequences`: `x` ragged [steps, columns], with classes `y`, names `id` and
// parts `split` where it has them.

import Audio
import Failures
import TensorFile

extension SequenceForm {
  /// How the sequences of a stream were read: as its metadata say, or else from the stream itself, with columns
  /// named `x0`, `x1`, ...; nil if the stream has no sequences of numbers.
  public init?(header: StreamHeader, schema: [String: ColumnSchema]) throws {
    guard header.kind == "sequences", let x = schema["x"], x.isRagged, !x.type.isInteger else { return nil }
    let width = x.rowShape.reduce(1, *)
    let form = try SequenceForm(header: header)
    let names = width == 1 ? ["value"] : (0..<width).map { "x\($0)" }
    self = form ?? SequenceForm(.stream, columns: names)
    guard columns.count == width else {
      throw Failure.data("rnn.sequences names \(counted(columns.count, "column")); x has \(width)")
    }
  }
}

extension SequenceFormat {
  /// The format of a file of sequences by its name and its first bytes; nil if it may be something else.
  /// - Parameter isWindowed: whether the user gave a length of windows, so that a table is one series.
  public init?(_ sample: [UInt8], path: String, isWindowed: Bool) {
    if Self.isAudio(sample) {
      self = .wav
      return
    }
    let lines = sample.split(separator: UInt8(ascii: "\n")).map { trimmingBlanks($0) }
    let content = lines.first { $0.first != UInt8(ascii: "#") && !$0.isEmpty }
    if let content, content.starts(with: "@".utf8),
      path.lowercased().hasSuffix(".ts") || Self.hasTSKey(content)
    {
      self = .ts
      return
    }
    guard !isWindowed, path.lowercased().hasSuffix(".tsv"), let content else { return nil }
    let fields = content.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    let format = NumberFormat()
    guard fields.count > 2, fields.dropFirst().allSatisfy({ format.value($0) != nil }) else { return nil }
    self = .ucr
  }

  /// Whether the bytes are those of a WAV file, or of a list that begins with one.
  private static func isAudio(_ sample: [UInt8]) -> Bool {
    if isRecording(sample) { return true }
    let path = sample.prefix {
      $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\t")
    }
    return String(decoding: path, as: UTF8.self).lowercased().hasSuffix(".wav")
  }

  /// Whether the bytes begin a WAV file, which is not text.
  public static func isRecording(_ bytes: [UInt8]) -> Bool { WAVFile.isWAV(bytes) }

  private static func hasTSKey(_ line: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: line, as: UTF8.self).lowercased()
    return ["@problemname", "@timestamps", "@univariate", "@classlabel", "@data"].contains {
      text.hasPrefix($0)
    }
  }
}
