// The input of rnn-pad, which is read once or twice.

import Failures
import Sequences
import Stage
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
  private let shard: Shard?
  private let run: StageRun

  /// - Parameter shard: what is to be padded; nil for everything.
  init(_ reader: TensorReader, isReadTwice: Bool, _ shard: Shard?, _ run: StageRun) throws {
    (self.reader, self.shard, self.run) = (reader, shard, run)
    header = reader.header
    holdsPairs = reader.schema["x"] == nil && reader.schema["source"]?.isRagged == true
    holdsDescriptions =
      reader.schema["x"] == nil && !holdsPairs && reader.schema["target"]?.isRagged == true
    stream = isReadTwice ? try RereadableStream(reader) : nil
    rows = shard == nil ? stream?.rows : nil
  }

  /// Calls `body` with all rows to be padded.
  func forEach(_ body: (Chunk) throws -> Void) throws {
    if let stream {
      guard let shard else { return try stream.chunks(body) }
      var cut = ShardCut(try run.shard(shard, of: stream))
      return try stream.chunks { chunk in if let own = cut.cut(chunk) { try body(own) } }
    }
    let sharded = try shard.map { try run.shard($0, of: reader) }
    while let chunk = try sharded.map({ try $0.next() }) ?? reader.next() { try body(chunk) }
  }

  /// The lengths of the sequences; requires a separate pass.
  /// - Throws: `Failure` (data) if there are no steps, unless the length is given.
  func survey(isLengthGiven: Bool) throws -> PaddingSurvey {
    var survey = PaddingSurvey()
    try stream?.chunks { try survey.add($0) }
    guard survey.longest > 0 || isLengthGiven else {
      throw Failure.data(
        stream?.rows == 0 ? "the input has no rows" : "all sequences are empty",
        remedy: stream?.rows == 0 ? nil : "use --length"
      )
    }
    return survey
  }
}
