// The input of rnn-pad, which is read once or twice.

import Failures
import Sequences
import TensorFile

/// The stream of sequences.
struct PadInput {
  let header: StreamHeader
  /// Whether rows are pairs: a source, and a target with a length of its own.
  let holdsPairs: Bool
  /// Whether rows are vectors and their descriptions, with which a decoder begins.
  let holdsDescriptions: Bool
  /// The number of rows, if known.
  let rows: Int?
  private let reader: TensorReader
  private let stream: RereadableStream?

  init(_ reader: TensorReader, isReadTwice: Bool) throws {
    self.reader = reader
    header = reader.header
    holdsPairs = reader.schema["x"] == nil && reader.schema["source"]?.isRagged == true
    holdsDescriptions =
      reader.schema["x"] == nil && !holdsPairs && reader.schema["target"]?.isRagged == true
    stream = isReadTwice ? try RereadableStream(reader) : nil
    rows = stream?.rows
  }

  func forEach(_ body: (Chunk) throws -> Void) throws {
    if let stream { return try stream.chunks(body) }
    while let chunk = try reader.next() { try body(chunk) }
  }

  /// The lengths of the sequences; requires a separate pass.
  /// - Throws: `Failure` (data) if there are no steps, unless the length is given.
  func survey(isLengthGiven: Bool) throws -> PaddingSurvey {
    var survey = PaddingSurvey()
    try forEach { try survey.add($0) }
    guard survey.longest > 0 || isLengthGiven else {
      throw Failure.data(
        rows == 0 ? "the input has no rows" : "all sequences are empty",
        remedy: rows == 0 ? nil : "use --length"
      )
    }
    return survey
  }
}
