// A network's plan: its layers and the input they are made for, with every shape checked before anything
// is built.

import Failures

/// What a network reads.
public enum InputShape: Sendable, Equatable {
  /// Token ids, `[rows, steps]`.
  case tokens(steps: Int)
  /// Numbers, `[rows, steps, features]`.
  case features(steps: Int, width: Int)

  /// Time steps of a row.
  public var steps: Int {
    switch self {
    case .tokens(let steps): steps
    case .features(let steps, _): steps
    }
  }
}

/// Layers in order, and what the first one reads.
public struct Architecture: Sendable, Equatable {
  /// The layers.
  public var layers: [LayerSpec]
  /// What the network reads.
  public var input: InputShape

  /// Throws `Failure` (usage) where a layer can't follow the one before.
  public init(layers: [LayerSpec], input: InputShape) throws {
    self.layers = layers
    self.input = input
    _ = try shapes()
  }

  /// Keras's names for the layers in a fresh session; a wrapped layer counts before its wrapper's successor.
  public var names: [LayerNames] {
    var counts: [String: Int] = [:]
    func number(_ layer: LayerSpec) -> String {
      let count = counts[layer.numberedName, default: 0]
      counts[layer.numberedName] = count + 1
      return count == 0 ? layer.numberedName : "\(layer.numberedName)_\(count)"
    }
    return layers.map { layer in
      let wrapped = layer.wrapped.map(number)
      return LayerNames(name: number(layer), wrapped: wrapped)
    }
  }

  /// The layers as a layers string.
  public var text: String { layers.map(\.description).joined(separator: " ") }
}

/// What Keras calls a layer.
public struct LayerNames: Sendable, Equatable {
  /// Its own name, such as `bidirectional_1`.
  public let name: String
  /// The names of the layers it wraps.
  public let wrapped: [String]
}
