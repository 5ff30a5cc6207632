// Attention and dot products in ONNX: products of the values of each row, and softmax over the steps that are read.

import ONNX
import Tensor

extension AttentionDefinition {
  /// The weighted sums of the value, from the scores of each step of the query with each step of the key.
  fileprivate func attended(_ call: ONNXCall, scores: ONNXValue) -> ONNXValue {
    let graph = call.graph
    var scores = scores
    if let mask = call.inputs[1].mask {
      // As in Keras, masked steps of the value have a score that is lower by 1e9.
      let excluded = call.node("Sub", [graph.scalar(1), call.unsqueezed(mask, axis: 1)])
      scores = call.node("Sub", [scores, call.node("Mul", [excluded, graph.scalar(1e9)])])
    }
    let weights = call.node("Softmax", [scores], ["axis": .integer(-1)])
    let sums = call.node("MatMul", [weights, call.inputs[1].value])
    guard let mask = call.input.mask else { return sums }
    return call.node("Where", [call.counts(mask), sums, graph.scalar(0)])
  }
}

extension ONNXCall {
  /// What attention compares the query with.
  fileprivate var key: ONNXValue { inputs[inputs.count > 2 ? 2 : 1].value }

  /// The sums of the query and the key for each pair of their steps, `[batch, steps of the query, steps of the key, width]`.
  fileprivate var pairs: ONNXValue {
    node("Add", [unsqueezed(input.value, axis: 2), unsqueezed(key, axis: 1)])
  }

  /// The sum over the last axis, each number times its own factor.
  fileprivate func weightedSum(_ value: ONNXValue, _ factors: [Float], name: String) -> ONNXValue {
    let column = graph.constant(factors, [factors.count, 1], name: "\(self.name).\(name)")
    return node("Squeeze", [node("MatMul", [value, column]), graph.integers([-1])])
  }
}

extension Attention {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let scale = useScale ? try call.constant("scale") : nil
    func scaled(_ value: ONNXValue) -> ONNXValue { scale.map { call.node("Mul", [value, $0]) } ?? value }
    switch scoreMode {
    case .dot:
      let turned = call.node("Transpose", [call.key], ["perm": .integers([0, 2, 1])])
      let products = call.node("MatMul", [call.input.value, turned])
      return [attended(call, scores: scaled(products))]
    case .concat:
      let hidden = call.node("Tanh", [scaled(call.pairs)])
      let sums = call.node(
        "ReduceSum", [hidden, call.graph.integers([-1])], ["keepdims": .integer(0)])
      return [
        attended(call, scores: call.node("Mul", [sums, try call.constant("concat_score_weight")]))
      ]
    }
  }
}

extension AdditiveAttention {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let hidden = call.node("Tanh", [call.pairs])
    guard useScale else {
      return [
        attended(
          call,
          scores: call.node("ReduceSum", [hidden, call.graph.integers([-1])], ["keepdims": .integer(0)]))
      ]
    }
    return [
      attended(call, scores: call.weightedSum(hidden, try call.tensor("scale").floats, name: "scale"))
    ]
  }
}

extension Dot {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let (a, b) = (call.inputs[0], call.inputs[1])
    let first = factor(a, axes.first, call)
    let second = call.node("Transpose", [factor(b, axes.second, call)], ["perm": .integers([0, 2, 1])])
    let product = call.node("MatMul", [first, second])
    // A vector has one row, which isn't an axis of the result.
    let single = (a.shape.steps == nil ? [1] : []) + (b.shape.steps == nil ? [2] : [])
    guard let axis = single.first else { return [product] }
    return [call.node("Squeeze", [product, call.graph.integers([axis])])]
  }

  /// A value as `[batch, other axis, axis that is summed over]`, normalized along the latter if that is wanted.
  private func factor(_ input: ONNXInput, _ axis: Int, _ call: ONNXCall) -> ONNXValue {
    var value = input.value
    if input.shape.steps == nil {
      value = call.unsqueezed(value, axis: 1)
    } else if axis == 1 || axis == -2 {
      value = call.node("Transpose", [value], ["perm": .integers([0, 2, 1])])
    }
    guard normalize else { return value }
    let squares = call.node(
      "ReduceSum", [call.node("Mul", [value, value]), call.graph.integers([-1])], ["keepdims": .integer(1)])
    let norm = call.node("Max", [call.node("Sqrt", [squares]), call.graph.scalar(1e-7)])
    return call.node("Div", [value, norm])
  }
}
