// Elementwise merging layers in ONNX. Values are broadcast as ONNX does, a vector to every step; masked steps of a product
// count as 1, and those of a maximum or a minimum don't take part (keras/src/layers/merging/base_merge.py).

import ONNX

/// A value that is merged: with an axis for steps if another one has it, and which steps count.
private struct MergedInput {
  let value: ONNXValue
  let counts: ONNXValue?

  static func all(_ call: ONNXCall) -> [MergedInput] {
    let hasSteps = call.inputs.contains { $0.shape.steps != nil }
    return call.inputs.map { input in
      let isVector = hasSteps && input.shape.steps == nil
      return MergedInput(
        value: isVector ? call.unsqueezed(input.value, axis: 1) : input.value,
        counts: input.mask.map(call.counts))
    }
  }
}

extension ElementwiseMerge {
  /// Applies an operator to the values, one after another.
  fileprivate func folded(_ call: ONNXCall, _ operation: String) -> ONNXValue {
    let values = MergedInput.all(call).map(\.value)
    return values.dropFirst().reduce(values[0]) { call.node(operation, [$0, $1]) }
  }

  /// The largest or smallest of the values that count.
  fileprivate func extreme(_ call: ONNXCall, _ operation: String) -> ONNXValue {
    let inputs = MergedInput.all(call)
    return inputs.dropFirst().reduce(inputs[0]) { result, next in
      let value = next.counts.map { call.node("Where", [$0, next.value, result.value]) } ?? next.value
      let before = result.counts.map { call.node("Where", [$0, result.value, value]) } ?? result.value
      var counts: ONNXValue?
      if let own = next.counts, let others = result.counts { counts = call.node("Or", [own, others]) }
      return MergedInput(value: call.node(operation, [before, value]), counts: counts)
    }.value
  }
}

extension Add {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] { [folded(call, "Add")] }
}

extension Subtract {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] { [folded(call, "Sub")] }
}

extension Average {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    [call.node("Mul", [folded(call, "Add"), call.graph.scalar(1 / Float(call.inputs.count))])]
  }
}

extension Multiply {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let one = call.graph.scalar(1)
    let factors = MergedInput.all(call).map { input in
      input.counts.map { call.node("Where", [$0, input.value, one]) } ?? input.value
    }
    let product = factors.dropFirst().reduce(factors[0]) { call.node("Mul", [$0, $1]) }
    guard let mask = try maskInONNX(call) else { return [product] }
    return [call.node("Where", [call.counts(mask), product, call.graph.scalar(0)])]
  }
}

extension Maximum {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] { [extreme(call, "Max")] }
}

extension Minimum {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] { [extreme(call, "Min")] }
}
