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

  /// Calls `body` with all rows to be padded, in chunks, and the number of each chunk's first row in the input.
  func forEach(_ body: (_ chunk: Chunk, _ firstRow: Int) throws -> Void) throws {
    guard let shard else {
      var row = 0
      return try forAll { chunk in
        try body(chunk, row)
        row += chunk.rows
      }
    }
    guard let stream else {
      let sharded = try run.shard(shard, of: reader)
      guard sharded.record.total > 0 else { throw Failure.data("the input has no rows") }
      var row = sharded.record.range.lowerBound
      while let chunk = try sharded.next() {
        try body(chunk, row)
        row += chunk.rows
      }
      return
    }
    let range = try run.shard(shard, of: stream)
    guard stream.rows > 0 else { throw Failure.data("the input has no rows") }
    var (cut, row) = (ShardCut(range), range.lowerBound)
    try stream.chunks { chunk in
      guard let own = cut.cut(chunk) else { return }
      try body(own, row)
      row += own.rows
    }
  }

  private func forAll(_ body: (Chunk) throws -> Void) throws {
    if let stream { return try stream.chunks(body) }
    while let chunk = try reader.next() { try body(chunk) }
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
