// What a layer is given to write its nodes into an ONNX graph.

import Failures
import ONNX
import Tensor

/// A value that a layer reads.
struct ONNXInput {
  /// The value: `[batch, steps, features]`, `[batch, features]`, or ids.
  let value: ONNXValue
  /// The shape of a row.
  let shape: ValueShape
  /// 1 for steps that count, 0 for others, `[batch, steps]`; nil if all count.
  let mask: ONNXValue?
}

extension LayerDefinition {
  /// Refuses: ONNX has nothing like the layer, unless it is the identity in prediction.
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    guard isIdentityInPrediction else { throw call.refusal() }
    return [call.input.value]
  }

  /// The mask by the layer's rule; layers that make masks have their own.
  func maskInONNX(_ call: ONNXCall) throws -> ONNXValue? {
    try mask(of: call.name, from: call.inputs.map(\.mask), either: call.either)
  }

  var needsStepsInONNX: Bool { false }
}

/// What a layer is given to write its nodes.
struct ONNXCall {
  /// The graph.
  let graph: ONNXGraph
  /// The layer's name, the beginning of its nodes' names.
  let name: String
  /// The values that it reads.
  var inputs: [ONNXInput]
  /// Its weights, by role.
  let weights: [String: Tensor]
  /// The names of its states, if it is recurrent.
  var stateNames: [String] = []
  /// Whether it is one of two directions, whose outputs stay in the order of time.
  var isDirection = false

  /// The first value that it reads.
  var input: ONNXInput { inputs[0] }

  /// A weight's numbers and shape.
  func tensor(_ role: String) throws -> Tensor {
    guard let tensor = weights[role] else { throw Failure(.software, "layer \(name) has no weight \(role)") }
    return tensor
  }

  /// A weight as a constant.
  func constant(_ role: String) throws -> ONNXValue {
    let tensor = try tensor(role)
    return graph.constant(tensor.floats, tensor.shape, name: "\(name).\(role)")
  }

  /// Adds a node under the layer's name.
  func node(
    _ operation: String, _ inputs: [ONNXValue?], _ attributes: [String: ONNXAttribute] = [:]
  ) -> ONNXValue {
    graph.node(operation, inputs, attributes, name: "\(name)/\(operation)")
  }

  /// The call of a layer that this one wraps, with the weights whose roles begin with `prefix`.
  func inner(_ name: String, prefix: String, inputs: [ONNXInput]) -> ONNXCall {
    ONNXCall(
      graph: graph, name: "\(self.name)/\(name)", inputs: inputs,
      weights: innerWeights(weights, prefix: prefix))
  }

  /// A mask of the steps that count in any of these; nil if one of them counts all.
  func either(_ masks: [ONNXValue?]) -> ONNXValue? {
    let known = masks.compactMap { $0 }
    guard known.count == masks.count else { return nil }
    return known.dropFirst().reduce(known[0]) { node("Max", [$0, $1]) }
  }

  /// What is thrown for a layer that ONNX can't express.
  func refusal(_ reason: String? = nil) -> Failure {
    Failure.data(
      "ONNX has nothing like the layer \(name)\(reason.map { ", \($0)" } ?? "")",
      remedy: "write the weights alone as .safetensors or .npz, or train without it")
  }
}

extension ONNXCall {
  /// The function's value.
  func apply(_ function: OutputFunction, to value: ONNXValue) -> ONNXValue {
    switch function {
    case .softmax: return node("Softmax", [value], ["axis": .integer(-1)])
    case .elementwise(let kind):
      switch kind {
      case .linear: return value
      case .tanh: return node("Tanh", [value])
      case .sigmoid: return node("Sigmoid", [value])
      case .relu: return node("Relu", [value])
      case .elu: return node("Elu", [value])
      case .softplus: return node("Softplus", [value])
      case .softsign: return node("Softsign", [value])
      case .silu: return node("Mul", [value, node("Sigmoid", [value])])
      case .hardSigmoid: return node("HardSigmoid", [value], ["alpha": .float(1.0 / 6), "beta": .float(0.5)])
      case .gelu:
        // x (1 + erf(x / sqrt 2)) / 2; ONNX has gelu from operator set 20 on.
        let tail = node("Erf", [node("Mul", [value, graph.scalar(Float(0.5).squareRoot())])])
        let distribution = node("Mul", [node("Add", [tail, graph.scalar(1)]), graph.scalar(0.5)])
        return node("Mul", [value, distribution])
      }
    }
  }

  /// The value with a last axis of extent 1, such as a mask next to features.
  func unsqueezed(_ value: ONNXValue, axis: Int) -> ONNXValue {
    node("Unsqueeze", [value, graph.integers([axis])])
  }
}
