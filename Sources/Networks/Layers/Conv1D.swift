// Convolution over time.
//
//   y_i = f(sum_k x_t(i,k) W_k + b)     t(i,k) = i strides + k dilation_rate - padding; W [kernel_size, features, filters]
//   dW_k = sum_i x_t(i,k)^T dz_i        dx_t = sum over (i, k) with t(i,k) = t of dz_i W_k^T

import Failures
import JSON
import Kernels
import OptionSyntax

/// Keras's Conv1D.
struct Conv1D: LayerDefinition {
  static let table = OptionTable(
    name: "conv1d", defaults: Conv1D(filters: 0, kernelSize: 0), positions: 2, required: 2,
    options: [
      .size("filters", \.filters, "width of the output"),
      CallOption("kernel_size", \.kernelSize, "steps of a window", check: OneNumber.check),
      CallOption("strides", \.strides, "steps from one window to the next", check: OneNumber.check),
      CallOption("padding", \.padding, "`valid`, `same` or `causal`"),
      CallOption("dilation_rate", \.dilationRate, "distance of a window's steps", check: OneNumber.check),
      CallOption("groups", \.groups, "only 1") { groups in
        guard groups == 1 else { throw InvalidValue(remedy: "groups of features aren't supported") }
      },
      CallOption("activation", \.activation, "function of the sum"),
      CallOption("use_bias", \.useBias, "whether there is a bias b"),
      CallOption("kernel_initializer", \.kernelInitializer, "initial W"),
      CallOption("bias_initializer", \.biasInitializer, "initial b"),
      CallOption("kernel_regularizer", \.kernelRegularizer, "penalty on W"),
      CallOption("bias_regularizer", \.biasRegularizer, "penalty on b"),
      CallOption("activity_regularizer", \.activityRegularizer, "penalty on the output"),
    ])
  static let kerasClass = "Conv1D"
  static let outputHelp = "(windows, filters)"

  var filters: Int
  var kernelSize: OneNumber
  var strides: OneNumber = 1
  var padding = TimePadding.valid
  var dilationRate: OneNumber = 1
  var groups = 1
  var activation = OutputFunction.elementwise(.linear)
  var useBias = true
  var kernelInitializer = Initializer.glorotUniform
  var biasInitializer = Initializer.zeros
  var kernelRegularizer: Regularizer?
  var biasRegularizer: Regularizer?
  var activityRegularizer: Regularizer?

  func windows(steps: Int) throws -> TimeWindows {
    try TimeWindows(
      steps: steps, size: kernelSize.value, stride: strides.value, dilation: dilationRate.value, padding,
      layer: Self.name)
  }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    [.sequence(steps: try windows(steps: sequence(inputs[0]).steps).count, width: filters)]
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let kernel = WeightSpec(
      role: "kernel", shape: [kernelSize.value, inputs[0].width, filters], initializer: kernelInitializer,
      regularizer: kernelRegularizer)
    let bias = WeightSpec(
      role: "bias", shape: [filters], initializer: biasInitializer, regularizer: biasRegularizer)
    return useBias ? [kernel, bias] : [kernel]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    try ConvolutionLayer(self, input: inputs[0].activation, context)
  }

  /// Keras can't dilate windows and stride over steps at once.
  func checked() throws -> Conv1D {
    guard strides.value == 1 || dilationRate.value == 1 else {
      throw Failure.usage(
        "layer \(Self.name): strides and dilation_rate can't both be above 1", remedy: "leave out one of them"
      )
    }
    return self
  }

  var outputFunction: OutputFunction? { activation }
  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "reads several steps at once" }
}

/// A convolution that runs.
final class ConvolutionLayer: Layer {
  let outputs: [Activation]
  private let input: Activation
  private let function: OutputFunction
  private let windows: TimeWindows
  private let kernel: Parameter
  private let bias: Parameter?
  /// W_k and its transpose, for each step of a window.
  private let packed: [PackedMatrix]
  private let packedTransposed: [PackedMatrix]
  private let logits: Logits
  private let activity: ActivityPenalty?

  init(_ options: Conv1D, input: Activation, _ context: LayerContext) throws {
    self.input = input
    function = options.activation
    windows = try options.windows(steps: input.steps)
    activity = context.network.store.penalize(options.activityRegularizer)
    kernel = try context.weight("kernel")
    bias = context.optionalWeight("bias")
    let (steps, width) = (windows.count, options.filters)
    let output = Activation(context.storage, steps: steps, width: width, hasGradient: context.isTraining)
    logits = Logits(
      Activation(context.storage, steps: steps, width: width, hasGradient: context.isTraining),
      options.activation)
    output.logits = logits
    outputs = [output]
    let taps = 0..<options.kernelSize.value
    packed = taps.map { _ in PackedMatrix(depth: input.width, columns: width) }
    packedTransposed = taps.map { _ in PackedMatrix(depth: width, columns: input.width) }
  }

  private func rows(_ tap: Int) -> Range<Int> { tap * input.width..<(tap + 1) * input.width }

  /// Packs every W_k, and its transpose if the input needs gradients.
  func prepare(_ pass: Pass) {
    for tap in packed.indices {
      packed[tap].pack(kernel.values.rows(rows(tap)))
      if pass.hasBackward && input.hasGradient {
        packedTransposed[tap].pack(transposing: kernel.values.rows(rows(tap)))
      }
    }
  }

  /// Sums the products of each window's steps, in their order.
  func forward(_ shard: Shard, _ pass: Pass) {
    for window in 0..<windows.count {
      let z = logits.values.values(shard, window)
      if let bias { broadcast(bias.values, into: z) } else { z.clear() }
      for tap in packed.indices {
        guard let step = windows.step(window, tap) else { continue }
        multiply(input.values(shard, step), packed[tap], into: z, from: .result)
      }
    }
    function.apply(logits.values.values(shard), into: output.values(shard))
    activity?.measure(output.values(shard), shard)
  }

  /// From dy, or from dz where the loss writes that, to the shard's dW and db, and to dx if the input needs gradients.
  func backward(_ shard: Shard, _ pass: Pass) {
    let dz = logits.values.gradients(shard)
    if activity == nil, let only = logits.onlyGradient(of: output, shard) {
      dz.copy(only)
    } else {
      writeGradient(shard, into: dz)
    }
    if input.hasGradient { input.gradients(shard).clear() }
    for window in 0..<windows.count { backward(shard, window) }
    if let bias { addColumnSums(of: dz, into: bias.gradient(shard)) }
  }

  /// dz from dy, plus the dz of the loss if the loss wrote it.
  private func writeGradient(_ shard: Shard, into dz: Matrix) {
    let dy = output.gradients(shard)
    let only = logits.onlyGradient(of: output, shard)
    if let only {
      dz.copy(only)
      dy.clear()
    }
    activity?.addGradient(output.values(shard), shard, into: dy)
    let z = logits.values.values(shard)
    if only == nil {
      function.applyBackward(y: output.values(shard), z: z, dy: dy, into: dz)
      if let further = logits.furtherGradient(of: output, shard) { add(further, into: dz) }
    } else {
      function.applyBackward(y: output.values(shard), z: z, dy: dy, into: dy)
      add(dy, into: dz)
    }
  }

  private func backward(_ shard: Shard, _ window: Int) {
    let dz = logits.values.gradients(shard, window)
    for tap in packed.indices {
      guard let step = windows.step(window, tap) else { continue }
      addOuterProduct(input.values(shard, step), dz, into: kernel.gradient(shard).rows(rows(tap)))
      guard input.hasGradient else { continue }
      multiply(dz, packedTransposed[tap], into: input.gradients(shard, step), from: .result)
    }
  }
}
