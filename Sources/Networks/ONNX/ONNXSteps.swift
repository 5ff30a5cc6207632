// Layers that move, join or pool steps in ONNX.

import ONNX
import Tensor

extension Flatten {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    [call.node("Flatten", [call.input.value], ["axis": .integer(1)])]
  }
}

extension Reshape {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let extents = try outputs([call.input.shape])[0].extents
    return [call.node("Reshape", [call.input.value, call.graph.integers([-1] + extents)])]
  }

  var needsStepsInONNX: Bool { true }
}

extension RepeatVector {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let step = call.unsqueezed(call.input.value, axis: 1)
    return [call.node("Expand", [step, call.graph.integers([1, count, 1])])]
  }
}

extension Cropping1D {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let end = cropping.end == 0 ? Int.max : -cropping.end
    return [call.sliced(call.input.value, from: cropping.start, to: end)]
  }
}

extension LastStep {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    [call.node("Squeeze", [call.sliced(call.input.value, from: -1, to: Int.max), call.graph.integers([1])])]
  }
}

extension GlobalMaxPooling1D {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    [call.node("ReduceMax", [call.input.value], ["axes": .integers([1]), "keepdims": .integer(0)])]
  }
}

extension GlobalAveragePooling1D {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let (x, graph) = (call.input.value, call.graph)
    guard let mask = call.input.mask else {
      return [call.node("ReduceMean", [x], ["axes": .integers([1]), "keepdims": .integer(0)])]
    }
    let weights = call.unsqueezed(mask, axis: 2)
    let steps = graph.integers([1])
    let sum = call.node("ReduceSum", [call.node("Mul", [x, weights]), steps], ["keepdims": .integer(0)])
    let count = call.node("ReduceSum", [weights, steps], ["keepdims": .integer(0)])
    return [call.node("Div", [sum, call.node("Max", [count, graph.scalar(1)])])]
  }
}

extension PoolingDefinition {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let attributes: [String: ONNXAttribute] = [
      "kernel_shape": .integers([pool.size.value]),
      "strides": .integers([(pool.strides ?? pool.size).value]),
      "auto_pad": .text(pool.padding == .same ? "SAME_UPPER" : "VALID"),
    ]
    let operation = Self.takesMaximum ? "MaxPool" : "AveragePool"
    return [call.overTime { call.node(operation, [$0], attributes) }]
  }
}

extension Conv1D {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let kernel = try call.tensor("kernel")
    let (size, width, filters) = (kernel.shape[0], kernel.shape[1], kernel.shape[2])
    let values = kernel.floats
    var turned: [Float] = []
    turned.reserveCapacity(values.count)
    for filter in 0..<filters {
      for feature in 0..<width {
        for step in 0..<size { turned.append(values[(step * width + feature) * filters + filter]) }
      }
    }
    var attributes: [String: ONNXAttribute] = [
      "strides": .integers([strides.value]), "dilations": .integers([dilationRate.value]),
    ]
    switch padding {
    case .valid: break
    case .same where strides.value == 1:
      // Runtimes pad dilated windows by numbers only.
      let padding = (size - 1) * dilationRate.value
      attributes["pads"] = .integers([padding / 2, padding - padding / 2])
    case .same: attributes["auto_pad"] = .text("SAME_UPPER")
    case .causal: attributes["pads"] = .integers([(size - 1) * dilationRate.value, 0])
    }
    let weights = call.graph.constant(turned, [filters, width, size], name: "\(call.name).kernel")
    let bias = useBias ? try call.constant("bias") : nil
    let sum = call.overTime { call.node("Conv", [$0, weights, bias], attributes) }
    return [call.apply(activation, to: sum)]
  }
}

// MARK: - Several values

extension Concatenate {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let joinsSteps = joinsSteps(call.input.shape.steps != nil)
    return [call.node("Concat", call.inputs.map(\.value), ["axis": .integer(joinsSteps ? 1 : -1)])]
  }

  /// The masks one after another, or the steps that count in any of the values.
  func maskInONNX(_ call: ONNXCall) throws -> ONNXValue? {
    let masks = call.inputs.map(\.mask)
    guard joinsSteps(call.input.shape.steps != nil), masks.contains(where: { $0 != nil }) else {
      return call.either(masks)
    }
    let whole = call.inputs.map { $0.mask ?? call.allSteps($0.value) }
    return call.node("Concat", whole, ["axis": .integer(1)])
  }
}

extension ONNXCall {
  /// A mask that counts all steps of a sequence.
  fileprivate func allSteps(_ sequence: ONNXValue) -> ONNXValue {
    let first = node(
      "Slice", [sequence, graph.integers([0]), graph.integers([1]), graph.integers([2])])
    let zeros = node("Mul", [node("Squeeze", [first, graph.integers([2])]), graph.scalar(0)])
    return node("Add", [zeros, graph.scalar(1)])
  }

  /// Steps of a sequence; negative numbers count from its end.
  func sliced(_ value: ONNXValue, from start: Int, to end: Int, by step: Int = 1) -> ONNXValue {
    node(
      "Slice",
      [value, graph.integers([start]), graph.integers([end]), graph.integers([1]), graph.integers([step])])
  }

  /// A sequence from its last step to its first.
  func reversed(_ value: ONNXValue) -> ONNXValue { sliced(value, from: -1, to: -Int.max, by: -1) }

  /// What an operator of `[batch, features, steps]` makes of the layer's input.
  func overTime(_ write: (ONNXValue) -> ONNXValue) -> ONNXValue {
    let turn: [String: ONNXAttribute] = ["perm": .integers([0, 2, 1])]
    return node("Transpose", [write(node("Transpose", [input.value], turn))], turn)
  }
}
