// The padding of a model or a stream.

import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// A model or a stream whose padding is to be reused.
struct PaddedModel {
  let paddings: PaddingSet
  private let path: String
  private let vocabulary: Vocabulary?
  private let others: [String: Vocabulary]

  init(_ path: String, _ run: StageRun) throws {
    let header = try run.header(of: path)
    guard let paddings = try PaddingSet(header: header) else {
      throw Failure.data("has no padding", at: path, remedy: "give a model or stream of padded sequences")
    }
    (self.paddings, self.path) = (paddings, path)
    vocabulary = try Vocabulary(header: header)
    others = try Vocabulary.named(header: header)
  }

  /// Throws if the stream with `header` has a different vocabulary.
  func check(_ header: StreamHeader) throws {
    var pairs = [(vocabulary, try Vocabulary(header: header))]
    for (name, found) in try Vocabulary.named(header: header) { pairs.append((others[name], found)) }
    for case (let own?, let found?) in pairs {
      guard let difference = found.difference(from: own) else { continue }
      throw Failure.data(
        "the stream's vocabulary differs from that of \(path): \(difference)",
        remedy: "tokenize with --like \(path)")
    }
  }
}
