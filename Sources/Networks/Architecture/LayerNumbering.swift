// Keras's names for layers in a new session, numbered separately for each kind: `lstm`, `lstm_1`; wrapped layers
// count too, before their wrapper.

/// Keras's names for a layer.
public struct LayerNames: Sendable, Equatable {
  /// The layer's name, such as `bidirectional_1`.
  public let name: String
  /// The names of the layers it wraps.
  public let wrapped: [String]
}

/// Counts the layers of each kind.
struct LayerNumbering {
  private var counts: [String: Int] = [:]

  /// The next name of the layer's kind.
  mutating func name(_ layer: LayerSpec) -> String { number(layer.numberedName) }

  /// The next names of the layer and of the layers that it wraps.
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
