// The metadata and side tensors of a stream.

import Tensor

/// The metadata and side tensors of a stream, which are stored in its first chunk.
public struct StreamHeader: Sendable, Equatable {
  /// The safetensors `__metadata__`: `rnn.kind` and small JSON values under `rnn.*`; `rnn.format` is handled by the
  /// writer and the reader and not included.
  public var metadata: [String: String]
  /// Tensors that are not rows (their names begin with `rnn.`): vocabulary, scaler, class names. For a model, all
  /// tensors: these include the weights under their names, and there are no columns.
  public var side: [String: Tensor]
  /// How tensors of a model are stored, of those that are stored in fewer bits than they have in `side`.
  public var narrow: [String: NarrowTensor] = [:]

  /// The header of a stream of this kind.
  public init(kind: String, metadata: [String: String] = [:], side: [String: Tensor] = [:]) {
    self.metadata = metadata
    self.side = side
    self.kind = kind
  }

  /// The kind of stream: `text`, `series`, `sequences`, `padded`, `windows`, `predictions`, `model`; empty for a bare
  /// safetensors document that doesn't specify it.
  public var kind: String {
    get { metadata[StreamHeader.kindKey] ?? "" }
    set { metadata[StreamHeader.kindKey] = newValue }
  }

  /// Whether it comes from a document of another program, in which no tensor's name is reserved.
  public var isForeign: Bool { StreamHeader.isForeign(metadata) }

  static func isForeign(_ metadata: [String: String]) -> Bool {
    !metadata.keys.contains { $0.hasPrefix(StreamFormat.sidePrefix) }
  }

  static let kindKey = "rnn.kind"
  static let modelKind = "model"
}
