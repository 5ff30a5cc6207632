// Keras's names for layers in a fresh session: kind by kind, `lstm`, `lstm_1`; a wrapped layer counts too, before its
// wrapper.

/// What Keras calls a layer.
public struct LayerNames: Sendable, Equatable {
  /// Its own name, such as `bidirectional_1`.
  public let name: String
  /// The names of the layers it wraps.
  public let wrapped: [String]
}

/// Counts layers kind by kind.
struct LayerNumbering {
  private var counts: [String: Int] = [:]

  /// The next name of the layer's kind.
  mutating func name(_ layer: LayerSpec) -> String { number(layer.numberedName) }

  /// The next names of the layer and of those that it wraps.
  mutating func names(_ layer: LayerSpec) -> LayerNames {
    let wrapped = layer.wrapped.map { name($0) }
    return LayerNames(name: name(layer), wrapped: wrapped)
  }

  private mutating func number(_ kind: String) -> String {
    let count = counts[kind, default: 0]
    counts[kind] = count + 1
    return count == 0 ? kind : "\(kind)_\(count)"
  }
}
