// What rnn-pad reads: the sequences, once or twice, and the model that says how.

import Failures
import Sequences
import Stage
import TensorFile

/// The stream of sequences.
struct PadInput {
  let header: StreamHeader
  /// How many rows there are, where that is known.
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

  /// The length of the longest sequence, found by a pass of its own.
  func longest() throws -> Int {
    var longest = 0
    try forEach { longest = max(longest, try SequencePadder.longest($0)) }
    guard longest > 0 else {
      throw Failure.data(
        rows == 0 ? "there are no rows" : "all sequences are empty", remedy: rows == 0 ? nil : "give --length"
      )
    }
    return longest
  }
}

/// The padding that a model was trained with.
struct PaddedModel {
  let padding: Padding
  private let path: String
  private let vocabulary: Vocabulary?

  init(_ path: String, _ run: StageRun) throws {
    let reader = try run.reader(path)
    while try reader.next() != nil {}
    guard let padding = try Padding(header: reader.header) else {
      throw Failure.data("has no padding", at: path, remedy: "name what was made from padded sequences")
    }
    (self.padding, self.path) = (padding, path)
    vocabulary = try Vocabulary(header: reader.header)
  }

  /// Throws where the stream's ids are those of another vocabulary.
  func check(_ header: StreamHeader) throws {
    guard let vocabulary, let found = try Vocabulary(header: header) else { return }
    guard let difference = found.difference(from: vocabulary) else { return }
    throw Failure.data(
      "the stream's vocabulary is not that of \(path): \(difference)",
      remedy: "rnn-tokenize --like \(path)")
  }
}
