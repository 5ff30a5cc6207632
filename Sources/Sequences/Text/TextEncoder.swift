// Raw text to model input: token ids, padded as they were for training.

import Failures
import Tensor
import TensorFile

/// Encodes text as rows of token ids.
public struct TextEncoder: Sendable {
  /// The tokens and their ids.
  public let vocabulary: Vocabulary
  /// The padding; if nil, rows are pre-padded to the length of the longest one.
  public let padding: Padding?

  /// An encoder with this vocabulary and padding.
  public init(vocabulary: Vocabulary, padding: Padding?) {
    self.vocabulary = vocabulary
    self.padding = padding
  }

  /// The encoder for a model or a stream; nil if its header has no vocabulary.
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
    let ids = try vocabulary.tokenize(text, threads: threads)
    if let padding { return try padding.pad(ids) }
    return try Padding(length: max(1, Int(ids.lengths.max() ?? 1))).pad(ids)
  }
}
