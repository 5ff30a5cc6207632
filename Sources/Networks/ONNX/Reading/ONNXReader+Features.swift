// Operators of single steps: embeddings, products, activations and normalization.

import Failures
import Kernels
import ONNX
import Tensor

extension ONNXGraphReader {
  mutating func embedding(
    _ table: ONNXTensor, _ ids: ONNXFlow, _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    guard let numbers = table.floats, table.shape.count == 2, table.shape[0] > 0, table.shape[1] > 0,
      case .input(let number)? = ids.parts.first?.source, inputs[number].isTokens
    else { throw operation.refusal("looks up something other than the vectors of an input's token ids") }
    let (size, width) = (table.shape[0], table.shape[1])
    return append(
      .layer(Embedding(size: size, width: width)), of: ids,
      weights: ["embeddings": Tensor(numbers, shape: [size, width])], place: operation.place,
      axes: ids.axes + [[.features(width)]])
  }

  func dropout(_ operation: ONNXOperation) throws -> ONNXMeaning {
    if case .constant(let training)? = operation.optional(2), training.elements != .truths([false]) {
      throw operation.refusal(
        "is in training mode", "export the model for prediction: model.eval() in PyTorch")
    }
    return try operation.input(0)
  }

  // MARK: Products

  private mutating func dense(
    _ flow: ONNXFlow, _ kernel: [Float], inputs: Int, units: Int, _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    let (flow, width) = try featuresLast(flow, operation)
    guard width == inputs, units > 0 else {
      throw operation.refusal("reads \(width) features with a matrix for \(inputs)")
    }
    var axes = flow.axes
    axes[axes.count - 1] = [.features(units)]
    var layer = Dense(units: units)
    layer.useBias = false
    return append(
      .layer(layer), of: flow, weights: ["kernel": Tensor(kernel, shape: [inputs, units])],
      place: operation.place,
      axes: axes)
  }

  mutating func product(_ operation: ONNXOperation) throws -> ONNXFlow {
    try operation.checkAttributes([])
    let (kernel, shape) = try operation.floats(1)
    guard shape.count == 2 else { throw operation.refusal("multiplies by something other than a matrix") }
    return try dense(operation.flow(0), kernel, inputs: shape[0], units: shape[1], operation)
  }

  mutating func gemm(_ operation: ONNXOperation) throws -> ONNXFlow {
    try operation.checkAttributes(["alpha", "beta", "transA", "transB"])
    try operation.require("transA", 0)
    guard try operation.float("alpha", default: 1) == 1, try operation.float("beta", default: 1) == 1 else {
      throw operation.refusal("scales its product")
    }
    let tensor = try operation.constant(1)
    guard tensor.shape.count == 2 else {
      throw operation.refusal("multiplies by something other than a matrix")
    }
    let kernel = try operation.integer("transB", default: 0) == 0 ? tensor : tensor.transposed([1, 0])
    guard let numbers = kernel.floats else { throw operation.refusal("has weights that aren't float") }
    let flow = try dense(
      operation.flow(0), numbers, inputs: kernel.shape[0], units: kernel.shape[1], operation)
    guard operation.optional(2) != nil else { return flow }
    return try affine(flow, summands: operation.constant(2), operation)
  }

  // MARK: Factors and summands

  /// A factor or a summand for each feature: one number, or a vector along the last axis.
  func vector(_ tensor: ONNXTensor, width: Int, _ operation: ONNXOperation) throws -> [Float] {
    guard let numbers = tensor.floats, tensor.shape.dropLast().allSatisfy({ $0 == 1 }),
      [1, width].contains(numbers.count)
    else { throw operation.refusal("computes with constants that aren't one for each feature") }
    return numbers.count == width ? numbers : [Float](repeating: numbers[0], count: width)
  }

  mutating func affine(
    _ given: ONNXFlow, factors: ONNXTensor? = nil, summands: ONNXTensor? = nil, _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    let rank = max(factors?.shape.count ?? 0, summands?.shape.count ?? 0)
    let (flow, width) = try featuresLast(given, operation)
    guard rank <= flow.axes.count else { throw operation.refusal("adds axes") }
    let own = try factors.map { try vector($0, width: width, operation) }
    let added = try summands.map { try vector($0, width: width, operation) }
    return affine(
      flow, own ?? [Float](repeating: 1, count: width), added ?? [Float](repeating: 0, count: width),
      operation)
  }

  mutating func affine(
    _ flow: ONNXFlow, _ factors: [Float], _ summands: [Float], _ operation: ONNXOperation
  ) -> ONNXFlow {
    append(.affine(factors: factors, summands: summands), of: flow, place: operation.place)
  }

  // MARK: Activations

  mutating func activation(_ operation: ONNXOperation) throws -> ONNXFlow {
    let layer = try activationLayer(operation)
    let flow = try resolved(operation.flow(0), place: operation.place)
    if operation.node.operation == "Softmax" {
      // Before operator set 13, the axis and all after it were normalized together.
      let usual = opset < 13 ? 1 : -1
      let axis = try operation.axis(operation.integer("axis", default: usual), rank: flow.axes.count)
      guard axis == flow.axes.count - 1, flow.width != nil else {
        throw operation.refusal("normalizes something other than the features")
      }
    }
    return append(.layer(layer), of: flow, place: operation.place)
  }

  private func activationLayer(_ operation: ONNXOperation) throws -> any LayerDefinition {
    func plain(_ kind: ActivationKind) throws -> any LayerDefinition {
      try operation.checkAttributes([])
      return ActivationLayer(function: .elementwise(kind))
    }
    switch operation.node.operation {
    case "Tanh": return try plain(.tanh)
    case "Sigmoid": return try plain(.sigmoid)
    case "Relu": return try plain(.relu)
    case "Softplus": return try plain(.softplus)
    case "Softsign": return try plain(.softsign)
    case "Softmax":
      try operation.checkAttributes(["axis"])
      return ActivationLayer(function: .softmax)
    case "Elu":
      try operation.checkAttributes(["alpha"])
      guard try operation.float("alpha", default: 1) == 1 else {
        throw operation.refusal("has another alpha than 1")
      }
      return ActivationLayer(function: .elementwise(.elu))
    case "HardSigmoid":
      try operation.checkAttributes(["alpha", "beta"])
      guard try operation.float("alpha", default: 0.2) == 1.0 / 6,
        try operation.float("beta", default: 0.5) == 0.5
      else { throw operation.refusal("has another alpha than 1/6 or another beta than 1/2") }
      return ActivationLayer(function: .elementwise(.hardSigmoid))
    case "LeakyRelu":
      try operation.checkAttributes(["alpha"])
      let slope = try operation.float("alpha", default: 0.01)
      guard 0...1e30 ~= slope else { throw operation.refusal("has a slope below 0") }
      return LeakyReLU(negativeSlope: slope)
    case "Gelu":
      try operation.checkAttributes(["approximate"])
      guard try operation.text("approximate", default: "none") == "none" else {
        throw operation.refusal("approximates gelu", "train with the exact gelu")
      }
      return ActivationLayer(function: .elementwise(.gelu))
    case "Clip": return try clipped(operation)
    default: throw operation.refusal("has an operator that isn't read")
    }
  }

  /// A rectifier with a limit, such as PyTorch's ReLU6.
  private func clipped(_ operation: ONNXOperation) throws -> any LayerDefinition {
    try operation.checkAttributes(["min", "max"])
    func bound(_ number: Int, _ name: String) throws -> Float? {
      if operation.optional(number) != nil { return try operation.constant(number).uniform }
      guard operation.node.attributes[name] != nil else { return nil }
      return try operation.float(name, default: 0)
    }
    guard try bound(1, "min") == 0, let most = try bound(2, "max"), 0...1e30 ~= most else {
      throw operation.refusal("has limits other than 0 and a number above it")
    }
    return ReLU(maxValue: most)
  }

  // MARK: Normalization

  mutating func layerNormalization(_ operation: ONNXOperation) throws -> ONNXFlow {
    try operation.checkAttributes(["axis", "epsilon", "stash_type"])
    try operation.require("stash_type", 1)
    let (flow, width) = try featuresLast(operation.flow(0), operation)
    let axis = try operation.axis(operation.integer("axis", default: -1), rank: flow.axes.count)
    guard axis == flow.axes.count - 1 else {
      throw operation.refusal("normalizes something other than the features")
    }
    let normalized = try normalized(flow, operation.float("epsilon", default: 1e-5), operation)
    let gamma = try vector(operation.constant(1), width: width, operation)
    let beta = try operation.optional(2) == nil ? nil : vector(operation.constant(2), width: width, operation)
    return affine(normalized, gamma, beta ?? [Float](repeating: 0, count: width), operation)
  }

  /// A layer normalization without factors and summands.
  mutating func normalized(
    _ flow: ONNXFlow, _ epsilon: Float, _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    guard 0...1 ~= epsilon else { throw operation.refusal("has an epsilon of \(epsilon)") }
    var layer = LayerNormalization()
    (layer.epsilon, layer.center, layer.scale) = (epsilon, false, false)
    return append(.layer(layer), of: flow, place: operation.place)
  }

  mutating func batchNormalization(_ operation: ONNXOperation) throws -> ONNXFlow {
    try operation.checkAttributes(["epsilon", "momentum", "training_mode", "spatial", "is_test"])
    try operation.require("training_mode", 0)
    let flow = try resolved(operation.flow(0), place: operation.place)
    guard flow.axes.count > 1, flow.axes[1].count == 1, flow.axes[1][0].kind == .features,
      let width = flow.axes[1][0].extent
    else { throw operation.refusal("normalizes something other than the features") }
    var layer = BatchNormalization()
    layer.epsilon = try operation.float("epsilon", default: 1e-5)
    guard 0...1 ~= layer.epsilon else { throw operation.refusal("has an epsilon of \(layer.epsilon)") }
    var weights: [String: Tensor] = [:]
    for (number, role) in ["gamma", "beta", "moving_mean", "moving_variance"].enumerated() {
      weights[role] = Tensor(try vector(operation.constant(number + 1), width: width, operation))
    }
    return append(.layer(layer), of: flow, weights: weights, place: operation.place)
  }
}
