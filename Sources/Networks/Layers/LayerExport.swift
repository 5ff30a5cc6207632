// What the writers of other forms of a network, ONNX and C, have in common: the weights of a layer by their roles, and the
// rule by which a layer passes masks on.

import Failures

extension WeightedLayer {
  /// The layer's weights by role.
  /// - Parameters:
  ///   - weights: the model's, by name.
  ///   - shape: the shape of a weight.
  /// - Throws: `Failure` (data) if one is missing or has another shape.
  func byRole<Weight>(_ weights: [String: Weight], shape: (Weight) -> [Int]) throws -> [String: Weight] {
    var own: [String: Weight] = [:]
    for weight in self.weights {
      guard let given = weights[weight.name], shape(given) == weight.shape else {
        throw Failure.data("the model's weight \(weight.name) is missing or has another shape")
      }
      own[weight.role] = given
    }
    return own
  }
}

/// The weights by role of a layer within another one, whose roles begin with `prefix` there.
func innerWeights<Weight>(_ weights: [String: Weight], prefix: String) -> [String: Weight] {
  let own = weights.filter { $0.key.hasPrefix(prefix) }.map {
    (String($0.key.dropFirst(prefix.count)), $0.value)
  }
  return Dictionary(own) { first, _ in first }
}

extension LayerDefinition {
  /// The mask of the layer's output by its rule; layers that make masks have their own.
  /// - Parameters:
  ///   - masks: those of the values that it reads; nil if all steps count.
  ///   - either: the mask of the steps that count in any of several masks.
  func mask<Mask>(of layer: String, from masks: [Mask?], either: ([Mask?]) -> Mask?) throws -> Mask? {
    switch maskRule {
    case .none: return nil
    case .keeps, .copies: return masks[0]
    case .tokens, .steps, .joined: throw Failure(.software, "layer \(layer) has no mask of its own")
    case .union: return either(masks)
    }
  }
}
