// A network's layers as files of other programs see them: which weights each has, and of what shape.

import Failures
import Networks

/// A layer and its weights, those without any too.
struct WeightedLayer {
  /// One weight of a layer.
  struct Weight {
    /// What it is in the layer: `kernel`, `forward.recurrent_kernel`.
    let role: String
    /// Its name in a model file: `lstm.kernel`.
    let name: String
    /// Keras's shape.
    let shape: [Int]
  }

  /// Keras's name, such as `lstm_1`.
  let name: String
  /// Keras's class, such as `LSTM`.
  let kind: String
  /// Keras's name of the layer within, where this one wraps one.
  let inner: String?
  let weights: [Weight]
  /// The recurrent layer, or the two of both directions.
  let recurrent: [RecurrentLayer]

  /// The weight in that role.
  func weight(_ role: String) -> Weight? { weights.first { $0.role == role } }
}

private func directions(_ layer: any Layer) -> [RecurrentLayer] {
  if let both = layer as? Bidirectional { return [both.forwardLayer, both.backwardLayer] }
  return (layer as? RecurrentLayer).map { [$0] } ?? []
}

extension Architecture {
  /// All layers in order.
  func weightedLayers() throws -> [WeightedLayer] {
    var plan = self
    // Weights don't depend on the number of steps, memory does.
    plan.input = input.with(steps: 1)
    let network = try Network(plan, rows: 1, workers: 1, isTraining: false)
    return zip(zip(layers, names), network.layers).map { description, layer in
      let weights = layer.parameters.map { parameter in
        WeightedLayer.Weight(
          role: String(parameter.name.dropFirst(layer.name.count + 1)), name: parameter.name,
          shape: parameter.shape)
      }
      return WeightedLayer(
        name: layer.name, kind: description.0.kind, inner: description.1.wrapped.first, weights: weights,
        recurrent: directions(layer))
    }
  }
}

/// One line of what went where when weights were taken over.
public struct WeightMove: Sendable, Equatable {
  /// Where the weights stood in the file.
  public let source: String
  /// The layer that has them now.
  public let layer: String
  /// What they are, such as `nn.LSTM(3, 4)`.
  public let form: String
}
