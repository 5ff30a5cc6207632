// The padding of a model or a stream.

import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// A model or a stream whose padding is to be reused.
struct PaddedModel {
  let padding: Padding
  private let path: String
  private let vocabulary: Vocabulary?

  init(_ path: String, _ run: StageRun) throws {
    let header = try run.header(of: path)
    guard let padding = try Padding(header: header) else {
      throw Failure.data("has no padding", at: path, remedy: "give a model or stream of padded sequences")
    }
    (self.padding, self.path) = (padding, path)
    vocabulary = try Vocabulary(header: header)
  }

  /// Throws if the stream with `header` has a different vocabulary.
  func check(_ header: StreamHeader) throws {
    guard let vocabulary, let found = try Vocabulary(header: header) else { return }
    guard let difference = found.difference(from: vocabulary) else { return }
    throw Failure.data(
      "the stream's vocabulary differs from that of \(path): \(difference)",
      remedy: "tokenize with --like \(path)")
  }
}
