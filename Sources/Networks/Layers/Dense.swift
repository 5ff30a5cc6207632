// A fully connected layer, on vectors or on every step of sequences.
//
//   y = f(x W + b)                 W [F, units], b [units]
//   dz = dy f'(y)   dW = x^T dz    db = sum dz    dx = dz W^T

import JSON
import Kernels

/// Keras's Dense.
struct Dense: LayerDefinition {
  static let table = OptionTable(
    name: "dense", defaults: Dense(units: 0), positions: 2, required: 1,
    options: [
      .size("units", \.units, "width of the output"),
      CallOption("activation", \.activation, "function of x W + b"),
      CallOption("use_bias", \.useBias, "whether there is a bias b"),
      CallOption("kernel_initializer", \.kernelInitializer, "initial W"),
      CallOption("bias_initializer", \.biasInitializer, "initial b"),
      CallOption("kernel_regularizer", \.kernelRegularizer, "penalty on W"),
      CallOption("bias_regularizer", \.biasRegularizer, "penalty on b"),
      CallOption("activity_regularizer", \.activityRegularizer, "penalty on the output"),
    ])
  static let kerasClass = "Dense"
  static let outputHelp = "(units), or (steps, units)"

  var units: Int
  var activation = OutputFunction.elementwise(.linear)
  var useBias = true
  var kernelInitializer = Initializer.glorotUniform
  var biasInitializer = Initializer.zeros
  var kernelRegularizer: Regularizer?
  var biasRegularizer: Regularizer?
  var activityRegularizer: Regularizer?

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] { [inputs[0].with(width: units)] }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let kernel = WeightSpec(
      role: "kernel", shape: [inputs[0].width, units], initializer: kernelInitializer,
      regularizer: kernelRegularizer)
    let bias = WeightSpec(
      role: "bias", shape: [units], initializer: biasInitializer, regularizer: biasRegularizer)
    return useBias ? [kernel, bias] : [kernel]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    try DenseLayer(self, input: inputs[0].activation, context)
  }

  /// Keras omits the activity regularizer if there is none.
  func addCommonConfig(to config: inout [String: JSONValue]) {
    config["dtype"] = .kerasObject("keras", "DTypePolicy", ["name": "float32"])
    config["trainable"] = true
    if activityRegularizer == nil { config["activity_regularizer"] = nil }
  }

  var outputFunction: OutputFunction? { activation }
  var worksOnEachStep: Bool { true }
}

/// A fully connected layer that runs.
final class DenseLayer: Layer {
  let outputs: [Activation]
  private let input: Activation
  private let function: OutputFunction
  private let kernel: Parameter
  private let bias: Parameter?
  private let packed: PackedMatrix
  private let packedTransposed: PackedMatrix
  private let logits: Logits
  private let hasInputGradient: Bool
  private let activity: ActivityPenalty?

  init(_ options: Dense, input: Activation, _ context: LayerContext) throws {
    self.input = input
    function = options.activation
    activity = context.network.store.penalize(options.activityRegularizer)
    kernel = try context.weight("kernel")
    bias = context.optionalWeight("bias")
    let steps = input.isSequence ? input.steps : nil
    let output = Activation(
      context.storage, steps: steps, width: options.units, hasGradient: context.isTraining)
    logits = Logits(
      Activation(context.storage, steps: steps, width: options.units, hasGradient: context.isTraining),
      options.activation)
    output.logits = logits
    outputs = [output]
    packed = PackedMatrix(depth: input.width, columns: options.units)
    packedTransposed = PackedMatrix(depth: options.units, columns: input.width)
    hasInputGradient = input.hasGradient
  }

  /// Packs W, and its transpose if the input needs gradients.
  func prepare(_ pass: Pass) {
    packed.pack(kernel.values)
    if pass.hasBackward && hasInputGradient { packedTransposed.pack(transposing: kernel.values) }
  }

  /// y = f(x W + b) for all rows and steps of the shard.
  func forward(_ shard: Shard, _ pass: Pass) {
    let steps = output.usedSteps(shard, pass)
    let (z, y) = (logits.values.values(shard, steps), output.values(shard, steps))
    multiply(input.values(shard, steps), packed, into: z, from: bias.map { .row($0.values) } ?? .zero)
    function.apply(z, into: y)
    activity?.measure(y, shard)
  }

  /// From dy, or from dz where the loss writes that, to the shard's dW and db, and to dx if the input needs
  /// gradients.
  func backward(_ shard: Shard, _ pass: Pass) {
    let steps = output.usedSteps(shard, pass)
    let dz = logitGradient(shard, steps)
    addOuterProduct(input.values(shard, steps), dz, into: kernel.gradient(shard))
    if let bias { addColumnSums(of: dz, into: bias.gradient(shard)) }
    guard hasInputGradient else { return }
    multiply(dz, packedTransposed, into: input.gradients(shard, steps))
    input.gradients(shard, steps.upperBound..<input.steps).clear()
  }

  /// dz; the memory to which the loss writes it, if nothing is added.
  private func logitGradient(_ shard: Shard, _ steps: Range<Int>) -> Matrix {
    let dz = logits.values.gradients(shard, steps)
    if let only = logits.onlyGradient(of: output, shard, steps) {
      guard activity != nil else { return only }
      dz.copy(only)
      addActivityGradient(shard, into: dz)
      return dz
    }
    let dy = output.gradients(shard, steps)
    activity?.addGradient(output.values(shard), shard, into: dy)
    function.applyBackward(
      y: output.values(shard, steps), z: logits.values.values(shard, steps), dy: dy, into: dz)
    if let further = logits.furtherGradient(of: output, shard, steps) { add(further, into: dz) }
    return dz
  }

  /// All steps where the output has a penalty.
  var computesOnlyUsedSteps: Bool { activity == nil }

  /// If the loss's gradient is already with respect to the logits, the activity penalty's gradient goes through the
  /// activation separately; it uses the memory of dy, which is then free.
  private func addActivityGradient(_ shard: Shard, into dz: Matrix) {
    guard let activity else { return }
    let (y, dy) = (output.values(shard), output.gradients(shard))
    dy.clear()
    activity.addGradient(y, shard, into: dy)
    function.applyBackward(y: y, z: logits.values.values(shard), dy: dy, into: dy)
    add(dy, into: dz)
  }
}
