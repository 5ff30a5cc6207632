// From raw text to what a model takes: token ids, padded as they were for its training.

import Failures
import Tensor
import TensorFile

/// Turns text into rows of ids.
public struct TextEncoder: Sendable {
  /// The tokens and their ids.
  public let vocabulary: Vocabulary
  /// How rows are made equally long; where nil, the longest row decides and shorter ones are padded before.
  public let padding: Padding?

  /// An encoder of this vocabulary and padding.
  public init(vocabulary: Vocabulary, padding: Padding?) {
    self.vocabulary = vocabulary
    self.padding = padding
  }

  /// The encoder that a model's or a stream's header describes; nil where it has no vocabulary.
  public init?(header: StreamHeader) throws {
    guard let vocabulary = try Vocabulary(header: header) else { return nil }
    self.init(vocabulary: vocabulary, padding: try Padding(header: header))
  }

  /// The padded ids of `texts`, UTF-8: I32 `[texts, length]`.
  public func encode(_ texts: [[UInt8]], threads: Int = 1) throws(Failure) -> Tensor {
    let text = Ragged(values: Tensor(Array(texts.joined())), lengths: texts.map { Int32(clamping: $0.count) })
    return try encode(text, threads: threads)
  }

  /// The padded ids of the rows of `text` (U8): I32 `[rows, length]`.
  public func encode(_ text: Ragged, threads: Int = 1) throws(Failure) -> Tensor {
    let ids = try vocabulary.tokenise(text, threads: threads)
    if let padding { return try padding.pad(ids) }
    return try Padding(length: max(1, Int(ids.lengths.max() ?? 1))).pad(ids)
  }
}
