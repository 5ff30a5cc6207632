// What a sequence is produced for: another sequence of token ids, or a vector, such as what an encoder of pictures gives.

/// The source of one row.
public enum DecoderSource: Sendable, Equatable {
  /// Token ids without padding.
  case tokens([Int32])
  /// A vector.
  case vector([Float])

  /// The number of tokens; 0 for a vector.
  public var count: Int { ids.count }

  /// The token ids; none for a vector.
  var ids: [Int32] { if case .tokens(let ids) = self { ids } else { [] } }
}

extension [DecoderSource] {
  /// Whether rows are vectors.
  var areVectors: Bool { if case .vector = first { true } else { false } }

  /// The ids of all rows, each padded to `length`.
  func padded(_ length: Int) -> [Int32] {
    flatMap { source -> [Int32] in
      guard case .tokens(let ids) = source else { return [] }
      return ids + repeatElement(0, count: length - ids.count)
    }
  }

  /// The values of all rows, which are vectors.
  var vectors: [Float] {
    flatMap { source -> [Float] in if case .vector(let values) = source { values } else { [] } }
  }
}
