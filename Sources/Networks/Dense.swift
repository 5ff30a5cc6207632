// A fully connected layer, on rows or on every step of sequences.
//
//   y = f(x W + b)                 W [F, units], b [units]
//   dz = dy f'(y)   dW = x^T dz    db = sum dz    dx = dz W^T

import Kernels

/// Keras's Dense, and TimeDistributed around one, which is the same thing.
public final class Dense: Layer {
  /// The function on the output; softmax works on whole rows, the others on elements.
  public enum Function: Sendable, Equatable {
    case elementwise(ActivationKind)
    case softmax
  }

  /// Keras's name, such as `dense_1`.
  public let name: String
  /// `Dense` or `TimeDistributed`.
  public let kind: String
  /// The function on the output.
  public let function: Function
  /// y, `[rows, units]`, or `[rows, steps, units]` where the input has steps.
  public let output: Activation
  /// Whether the loss hands over gradients of x W + b instead of y, as cross-entropies do, whose
  /// derivative through sigmoid or softmax is simply y - target.
  public var takesLogitGradients = false
  private let input: Activation
  private let kernel: Parameter
  private let bias: Parameter?
  private let packed: PackedMatrix
  private let packedTransposed: PackedMatrix
  /// x W + b, of `output`'s shape, kept for losses that are told from it.
  public let logits: Activation
  private let inputGradient: Bool
  private let activity: ActivityPenalty?

  /// W `[F, units]`, then b `[units]` where there is one.
  public var parameters: [Parameter] { [kernel] + (bias.map { [$0] } ?? []) }

  init(_ options: DenseOptions, kind: String = "Dense", input: Activation, _ context: LayerContext) {
    name = context.name
    self.kind = kind
    activity = context.store.penalize(options.activityRegularizer)
    let units = options.units
    function = options.activation
    self.input = input
    let steps = input.isSequence ? input.steps : nil
    output = Activation(context.places, steps: steps, width: units, hasGradient: context.isTraining)
    logits = Activation(context.places, steps: steps, width: units, hasGradient: context.isTraining)
    kernel = context.store.add(
      "\(name).kernel", [input.width, units], options.kernelInitializer,
      regularizer: options.kernelRegularizer)
    bias =
      options.useBias
      ? context.store.add(
        "\(name).bias", [units], options.biasInitializer, regularizer: options.biasRegularizer) : nil
    packed = PackedMatrix(depth: input.width, columns: units)
    packedTransposed = PackedMatrix(depth: units, columns: input.width)
    inputGradient = input.gradients.count > 0
  }

  /// Packs W, and its transpose where the input takes gradients.
  public func prepare(_ pass: Pass) {
    packed.pack(kernel.values)
    if pass.hasBackward && inputGradient { packedTransposed.pack(transposing: kernel.values) }
  }

  /// y = f(x W + b) for all rows and steps of the shard.
  public func forward(_ shard: Shard, _ pass: Pass) {
    let z = logits.values(shard, logits.allSteps)
    let y = output.values(shard, output.allSteps)
    multiply(
      input.values(shard, input.allSteps), packed, into: z, from: bias.map { .row($0.values) } ?? .zero)
    switch function {
    case .elementwise(let kind): activate(z, kind, into: y)
    case .softmax:
      y.copy(z)
      softmax(y)
    }
    activity?.measure(y, shard)
  }

  /// From dy (or dz, by `takesLogitGradients`) to the shard's dW and db, and to dx where the input takes
  /// gradients.
  public func backward(_ shard: Shard, _ pass: Pass) {
    let all = output.allSteps
    let dz = logits.gradients(shard, all)
    let (y, dy) = (output.values(shard, all), output.gradients(shard, all))
    if takesLogitGradients {
      dz.copy(dy)
      addActivitySlope(shard, into: dz)
    } else {
      activity?.addSlope(y, shard, into: dy)
      throughFunction(shard, dy, into: dz)
    }
    addOuterProduct(input.values(shard, all), dz, into: kernel.gradient(shard))
    if let bias { addColumnSums(of: dz, into: bias.gradient(shard)) }
    if inputGradient { multiply(dz, packedTransposed, into: input.gradients(shard, all)) }
  }

  /// dz = dy f'(z).
  private func throughFunction(_ shard: Shard, _ dy: Matrix, into dz: Matrix) {
    switch function {
    case .elementwise(let kind):
      activateBackward(
        outputs: output.values(shard), inputs: logits.values(shard), gradient: dy, kind, into: dz)
    case .softmax: softmaxBackward(outputs: output.values(shard), gradient: dy, into: dz)
    }
  }

  /// Where the loss's gradient is one of the logits already, the output's own penalty goes its way alone; dy
  /// is free for it then.
  private func addActivitySlope(_ shard: Shard, into dz: Matrix) {
    guard let activity else { return }
    let dy = output.gradients(shard)
    dy.clear()
    activity.addSlope(output.values(shard), shard, into: dy)
    throughFunction(shard, dy, into: dy)
    add(dy, into: dz)
  }
}
