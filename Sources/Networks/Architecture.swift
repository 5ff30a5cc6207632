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

  /// The shape of one row after each layer: `[steps, width]` or `[width]`.
  public func shapes() throws -> [[Int]] {
    var shape: [Int]?
    switch input {
    case .tokens: shape = nil
    case .features(let steps, let width): shape = [steps, width]
    }
    var result: [[Int]] = []
    for layer in layers {
      let next = try layer.outputShape(after: shape, steps: input.steps)
      result.append(next)
      shape = next
    }
    return result
  }

  /// Keras's names for the layers in a fresh session; a wrapped layer counts before its wrapper's successor.
  public var names: [(name: String, inner: String?)] {
    var counts: [String: Int] = [:]
    func number(_ name: String) -> String {
      let count = counts[name, default: 0]
      counts[name] = count + 1
      return count == 0 ? name : "\(name)_\(count)"
    }
    return layers.map { layer in
      if case .bidirectional(let inner, _) = layer {
        let innerName = number(inner.name)
        return (number(layer.name), innerName)
      }
      return (number(layer.name), nil)
    }
  }

  /// The layers as a layers string.
  public var text: String { layers.map(\.description).joined(separator: " ") }
}

extension LayerSpec {
  /// The shape of one row after this layer; `shape` is nil where token ids come in.
  fileprivate func outputShape(after shape: [Int]?, steps: Int) throws -> [Int] {
    if case .embedding(_, let width) = self {
      guard shape == nil else {
        throw Failure.usage(
          "layer embedding: its input is no token ids", remedy: "it stands first, on a stream of token ids")
      }
      return [steps, width]
    }
    guard let shape else {
      throw Failure.usage(
        "layer \(name) can't read token ids", remedy: "begin with embedding(VOCABULARY,WIDTH)")
    }
    switch self {
    case .embedding: return shape
    case .dropout: return shape
    case .dense(let units, _, _): return shape.dropLast() + [units]
    case .simpleRNN(let options), .lstm(let options), .gru(let options):
      return try recurrentShape(shape, options, width: options.units)
    case .bidirectional(let inner, let merge):
      guard let options = inner.recurrentOptions else { return shape }
      return try recurrentShape(shape, options, width: merge == .concat ? 2 * options.units : options.units)
    }
  }

  private func recurrentShape(_ shape: [Int], _ options: RecurrentOptions, width: Int) throws -> [Int] {
    guard shape.count == 2 else {
      throw Failure.usage(
        "layer \(name): its input has no time steps",
        remedy: "give the recurrent layer before it return_sequences")
    }
    return options.returnSequences ? [shape[0], width] : [width]
  }
}
