// Operators over steps: convolution and pooling of values whose last axis is the steps.

import Failures
import ONNX
import Tensor

extension ONNXGraphReader {
  /// The largest of all steps.
  mutating func pooledSteps(_ operation: ONNXOperation) throws -> ONNXFlow {
    let flow = try resolved(operation.flow(0), place: operation.place)
    switch operation.node.operation {
    case "ReduceMax":
      guard try reducedAxes(flow, operation) == flow.axis(.steps) else {
        throw operation.refusal("reduces something other than the steps")
      }
      return try pooled(flow, GlobalMaxPooling1D(), operation)
    default:
      try operation.checkAttributes([])
      guard flow.axes.count == 3, flow.axis(.steps) == 2 else {
        throw operation.refusal("pools something other than the steps")
      }
      return try pooled(flow, GlobalMaxPooling1D(), operation)
    }
  }

  mutating func pooled(
    _ flow: ONNXFlow, _ layer: any LayerDefinition, _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    guard let axis = flow.axis(.steps), flow.axis(.features) != nil else {
      throw operation.refusal("pools something other than the steps of features")
    }
    let keeps =
      operation.node.operation.hasPrefix("Global") ? 1 : try operation.integer("keepdims", default: 1)
    var axes = flow.axes
    axes[axis] = []
    let forward = ONNXFlow(parts: [ONNXPart(source: flow.parts[0].source)], axes: flow.axes)
    let result = append(.layer(layer), of: forward, place: operation.place, axes: axes)
    return keeps == 0 ? result.removing([axis]) : result
  }

  /// A value `[rows, features, steps]`; throws if it isn't one.
  private mutating func overTime(_ operation: ONNXOperation) throws -> (
    flow: ONNXFlow, width: Int, steps: Int
  ) {
    let flow = try resolved(operation.flow(0), place: operation.place)
    guard flow.axes.map({ $0.map(\.kind) }) == [[.batch], [.features], [.steps]], !flow.parts[0].isReversed,
      let width = flow.axes[1][0].extent, let steps = flow.steps
    else { throw operation.refusal("reads a value that isn't rows, features, steps") }
    return (flow, width, steps)
  }

  private mutating func append(
    _ layer: any LayerDefinition, weights: [String: Tensor] = [:],
    _ input: (flow: ONNXFlow, width: Int, steps: Int), _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    let shape: ValueShape
    do {
      shape = try layer.outputs([.sequence(steps: input.steps, width: input.width)])[0]
    } catch let failure as Failure {
      throw operation.refusal("can't be a layer: \(failure.problem)")
    }
    return append(
      .layer(layer), of: input.flow, weights: weights, place: operation.place,
      axes: [input.flow.axes[0], [.features(shape.width)], [.steps(shape.steps ?? 1)]])
  }

  /// One size of an attribute that has one for each axis, here only steps.
  private func size(_ operation: ONNXOperation, _ name: String, default value: Int) throws -> OneNumber {
    let sizes = try operation.integers(name) ?? [value]
    guard sizes.count == 1, 1...1 << 24 ~= sizes[0] else {
      throw operation.refusal("isn't over steps alone, by its \(name)")
    }
    return OneNumber(integerLiteral: sizes[0])
  }

  mutating func convolution(_ operation: ONNXOperation) throws -> ONNXFlow {
    try operation.checkAttributes(["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"])
    try operation.require("group", 1)
    let input = try overTime(operation)
    let tensor = try operation.constant(1)
    guard tensor.shape.count == 3, tensor.shape[1] == input.width, tensor.shape[0] > 0, tensor.shape[2] > 0,
      let kernel = tensor.transposed([2, 1, 0]).floats
    else { throw operation.refusal("has a kernel that isn't filters, features, steps of floats") }
    let kernelSize = tensor.shape[2]
    guard try size(operation, "kernel_shape", default: kernelSize).value == kernelSize else {
      throw operation.refusal("has a kernel of another size")
    }
    var layer = Conv1D(filters: tensor.shape[0], kernelSize: OneNumber(integerLiteral: kernelSize))
    layer.strides = try size(operation, "strides", default: 1)
    layer.dilationRate = try size(operation, "dilations", default: 1)
    layer.padding = try padding(
      operation, span: (kernelSize - 1) * layer.dilationRate.value, layer.strides.value)
    var weights = ["kernel": Tensor(kernel, shape: tensor.shape.reversed())]
    layer.useBias = operation.optional(2) != nil
    if layer.useBias {
      weights["bias"] = Tensor(try vector(operation.constant(2), width: tensor.shape[0], operation))
    }
    return try append(layer, weights: weights, input, operation)
  }

  /// - Parameter span: the steps of a window besides its first one.
  private func padding(_ operation: ONNXOperation, span: Int, _ strides: Int) throws -> TimePadding {
    let pads = try operation.integers("pads") ?? [0, 0]
    switch try operation.text("auto_pad", default: "NOTSET") {
    case "VALID": return .valid
    case "SAME_UPPER": return .same
    case "NOTSET":
      if pads == [0, 0] { return .valid }
      if pads == [span, 0] { return .causal }
      if strides == 1, pads == [span / 2, span - span / 2] { return .same }
    default: break
    }
    throw operation.refusal("pads steps in a way that isn't valid, same or causal")
  }

  mutating func pooling(_ operation: ONNXOperation) throws -> ONNXFlow {
    try operation.checkAttributes([
      "auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "storage_order",
      "strides",
    ])
    for name in ["ceil_mode", "storage_order"] { try operation.require(name, 0) }
    guard operation.node.outputs.count == 1 else {
      throw operation.refusal("returns the places of its largest numbers")
    }
    guard try size(operation, "dilations", default: 1).value == 1 else {
      throw operation.refusal("has dilations")
    }
    let input = try overTime(operation)
    var pool = PoolOptions()
    pool.size = try size(operation, "kernel_shape", default: 1)
    let strides = try size(operation, "strides", default: 1)
    pool.strides = strides.value == pool.size.value ? nil : strides
    pool.padding = try padding(operation, span: pool.size.value - 1, strides.value)
    let countsPadding = try operation.integer("count_include_pad", default: 0) != 0
    guard pool.padding == .valid || (pool.padding == .same && !countsPadding) else {
      throw operation.refusal("pads steps in a way that isn't valid or same")
    }
    if operation.node.operation == "MaxPool" { return try append(MaxPooling1D(pool: pool), input, operation) }
    return try append(AveragePooling1D(pool: pool), input, operation)
  }
}
