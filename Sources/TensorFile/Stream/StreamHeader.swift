// What belongs to a whole stream: metadata and side tensors.

import Tensor

/// What belongs to a whole stream and is in its first chunk.
public struct StreamHeader: Sendable, Equatable {
  /// The safetensors `__metadata__`: `rnn.kind` and small JSON values under `rnn.*`; `rnn.format` is left
  /// to the writer and the reader and does not appear here.
  public var metadata: [String: String]
  /// Tensors that are not rows (their names begin `rnn.`): vocabulary, scaler, class names. Of a model, all its
  /// tensors: the weights are here under their own names, and there are no columns.
  public var side: [String: Tensor]

  /// The header of a stream of a kind.
  public init(kind: String, metadata: [String: String] = [:], side: [String: Tensor] = [:]) {
    self.metadata = metadata
    self.side = side
    self.kind = kind
  }

  /// What the stream holds: `text`, `series`, `sequences`, `padded`, `windows`, `predictions`, `model`;
  /// empty where a bare safetensors document doesn't tell.
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
