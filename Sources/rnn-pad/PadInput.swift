// The input of rnn-pad, which is read once or twice.

import Failures
import Sequences
import TensorFile

/// The stream of sequences.
struct PadInput {
  let header: StreamHeader
  /// The number of rows, if known.
  let rows: Int?
  private let reader: TensorReader
  private let stream: RereadableStream?

  init(_ reader: TensorReader, isReadTwice: Bool) throws {
    self.reader = reader
    header = reader.header
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
