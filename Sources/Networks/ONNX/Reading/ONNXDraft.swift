// Layers that are being read from an ONNX graph: what later nodes read of a recurrent layer decides its options, and what
// follows a layer becomes part of it.

import Tensor

/// A layer that is being read.
struct ONNXDraft {
  /// What it computes.
  enum Kind {
    /// A layer.
    case layer(any LayerDefinition)
    /// One direction of a recurrent layer, with no sequences or states returned yet.
    case recurrent(any RecurrentDefinition)
    /// Values joined by a layer.
    case merge(any LayerDefinition)
    /// A factor and a summand for each feature.
    case affine(factors: [Float], summands: [Float])
  }

  var kind: Kind
  /// What it reads, then initial states.
  var inputs: [ONNXPart]
  /// The weights by role.
  var weights: [String: Tensor] = [:]
  /// The node's name and operator, for messages.
  let place: String
  /// The width of the output.
  let width: Int
  /// Whether the values have steps.
  let hasSteps: Bool
}

extension ONNXDraft {
  /// The recurrent layer; nil if it is another one.
  var recurrent: (any RecurrentDefinition)? { if case .recurrent(let layer) = kind { layer } else { nil } }
  /// The layer, if it isn't recurrent and joins nothing.
  var layer: (any LayerDefinition)? { if case .layer(let layer) = kind { layer } else { nil } }
  /// Whether it joins values on their features.
  var isConcatenation: Bool {
    guard case .merge(let layer) = kind, let join = layer as? Concatenate else { return false }
    return join.axis == -1
  }
}
