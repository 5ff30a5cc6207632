// Layers of single steps in ONNX: embeddings, masks, dense layers, activations, normalization.

import ONNX
import Tensor

extension Embedding {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    [call.node("Gather", [try call.constant("embeddings"), call.input.value])]
  }

  /// Ids other than 0 count.
  func maskInONNX(_ call: ONNXCall) throws -> ONNXValue? {
    guard maskZero else { return nil }
    let ids = call.node("Cast", [call.input.value], ["to": .integer(Int(ONNXElement.int64.rawValue))])
    return call.floats(call.node("Not", [call.node("Equal", [ids, call.graph.integers([0])])]))
  }
}

extension Masking {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    guard let mask = try maskInONNX(call) else { return [call.input.value] }
    return [call.node("Where", [call.counts(mask), call.input.value, call.graph.scalar(0)])]
  }

  /// Steps count in which a feature has another value.
  func maskInONNX(_ call: ONNXCall) throws -> ONNXValue? {
    let differs = call.node("Not", [call.node("Equal", [call.input.value, call.graph.scalar(value)])])
    return call.node(
      "ReduceMax", [call.floats(differs)], ["axes": .integers([-1]), "keepdims": .integer(0)])
  }
}

extension Dense {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let product = call.node("MatMul", [call.input.value, try call.constant("kernel")])
    let sum = useBias ? call.node("Add", [product, try call.constant("bias")]) : product
    return [call.apply(activation, to: sum)]
  }
}

extension TimeDistributed {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    var current = call.input
    for (layer, name) in zip(inner.layers, inner.names) {
      let output = try layer.definition.writeONNX(
        call.inner(name, prefix: inner.prefix(name), inputs: [current]))[0]
      let shape = try layer.definition.outputs([current.shape])[0]
      current = ONNXInput(value: output, shape: shape, mask: current.mask)
    }
    return [current.value]
  }
}

extension ActivationLayer {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] { [call.apply(function, to: call.input.value)] }
}

extension ReLU {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let (x, limit) = (call.input.value, call.graph.scalar(threshold))
    let below = call.node("Mul", [call.node("Sub", [x, limit]), call.graph.scalar(negativeSlope)])
    let above = maxValue.map { call.node("Min", [x, call.graph.scalar($0)]) } ?? x
    return [call.node("Where", [call.node("Greater", [x, limit]), above, below])]
  }
}

extension LeakyReLU {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    [call.node("LeakyRelu", [call.input.value], ["alpha": .float(negativeSlope)])]
  }
}

extension LayerNormalization {
  /// From operator set 17 on, ONNX has it.
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let ones = [Float](repeating: 1, count: call.input.shape.width)
    let gamma =
      scale
      ? try call.constant("gamma") : call.graph.constant(ones, [ones.count], name: "\(call.name).gamma")
    let beta = center ? try call.constant("beta") : nil
    return [call.normalized(call.input.value, gamma: gamma, beta: beta, epsilon: epsilon)]
  }
}

extension ONNXCall {
  /// A value whose features are normalized, times gamma, plus beta.
  func normalized(_ x: ONNXValue, gamma: ONNXValue, beta: ONNXValue?, epsilon: Float) -> ONNXValue {
    guard graph.opset < 17 else {
      return node(
        "LayerNormalization", [x, gamma, beta], ["axis": .integer(-1), "epsilon": .float(epsilon)])
    }
    let last: [String: ONNXAttribute] = ["axes": .integers([-1])]
    let distance = node("Sub", [x, node("ReduceMean", [x], last)])
    let variance = node("ReduceMean", [node("Mul", [distance, distance])], last)
    let deviation = node("Sqrt", [node("Add", [variance, graph.scalar(epsilon)])])
    let scaled = node("Mul", [node("Div", [distance, deviation]), gamma])
    return beta.map { node("Add", [scaled, $0]) } ?? scaled
  }
}

extension BatchNormalization {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let (mean, variance) = (try call.constant("moving_mean"), try call.constant("moving_variance"))
    func constant(_ role: String, _ isThere: Bool, default value: Float) throws -> ONNXValue {
      if isThere { return try call.constant(role) }
      let values = [Float](repeating: value, count: call.input.shape.width)
      return call.graph.constant(values, [values.count], name: "\(call.name).\(role)")
    }
    let (gamma, beta) = (try constant("gamma", scale, default: 1), try constant("beta", center, default: 0))
    let write = { (x: ONNXValue) in
      call.node("BatchNormalization", [x, gamma, beta, mean, variance], ["epsilon": .float(epsilon)])
    }
    return [call.input.shape.steps == nil ? write(call.input.value) : call.overTime(write)]
  }
}

extension Ascending {
  /// Each number of a group is the sum of the middle one and of distances: a product with a matrix of ones.
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let (x, middle, graph) = (call.input.value, (count - 1) / 2, call.graph)
    let extents = call.input.shape.extents.dropLast() + [call.input.shape.width / count, count]
    let groups = call.node("Reshape", [x, graph.integers([-1] + extents)])
    let isMiddle = graph.constant(
      (0..<count).map { $0 == middle ? 1 : 0 }, [count], name: "\(call.name).middle")
    let chosen = call.node(
      "Where",
      [
        call.node("Cast", [isMiddle], ["to": .integer(Int(ONNXElement.bool.rawValue))]), groups,
        call.node("Softplus", [groups]),
      ])
    var sums = [Float](repeating: 0, count: count * count)
    for target in 0..<count {
      sums[middle * count + target] = 1
      for part in min(target, middle)...max(target, middle) where part != middle {
        sums[part * count + target] = target > middle ? 1 : -1
      }
    }
    let ordered = call.node(
      "MatMul", [chosen, graph.constant(sums, [count, count], name: "\(call.name).sums")])
    return [call.node("Reshape", [ordered, graph.integers([-1] + call.input.shape.extents)])]
  }

  var needsStepsInONNX: Bool { true }
}

extension ONNXCall {
  /// Which steps count, as truth values next to features: `[batch, steps, 1]`.
  func counts(_ mask: ONNXValue) -> ONNXValue {
    node("Cast", [unsqueezed(mask, axis: 2)], ["to": .integer(Int(ONNXElement.bool.rawValue))])
  }

  /// Truth values as 0 and 1.
  func floats(_ values: ONNXValue) -> ONNXValue {
    node("Cast", [values], ["to": .integer(Int(ONNXElement.float.rawValue))])
  }
}
