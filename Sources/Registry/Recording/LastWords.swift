// The record of a run that ends for lack of memory. Nothing can be encoded then, so that the text is prepared beforehand,
// except for a few numbers that are known at the end.

import Foundation

/// A file of the spool that is yet to be written.
public struct LastWords: Sendable {
  /// The file's path.
  public let path: String
  /// The text before `"cpu":SECONDS,"endedAt":MILLISECONDS,"peakRSS":BYTES,"wall":SECONDS`, where the time is that since
  /// 1970.
  public let before: String
  /// The text after it.
  public let after: String

  /// What is known beforehand of the end.
  private struct End: Encodable {
    let error: String?
    let exitCode: Int32
    let status: RunStatus
    let inputs: [RunInput]
    let outputs: [RunOutput]
    let seed: Int64?

    init(_ end: RunEnd) {
      (error, exitCode, status) = (end.error, end.exitCode, end.status)
      (inputs, outputs, seed) = (end.inputs, end.outputs, end.seed)
    }
  }

  /// - Parameters:
  ///   - record: the run, without its end.
  ///   - end: its end, of which the time and what was used will be other numbers.
  init(path: String, _ record: RunRecord, _ end: RunEnd) throws {
    self.path = path
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    let end = String(decoding: try encoder.encode(End(end)), as: UTF8.self)
    let start = String(decoding: try encoder.encode(record), as: UTF8.self)
    before = "{\"end\":\(end.dropLast()),"
    after = "},\(start.dropFirst())"
  }
}
