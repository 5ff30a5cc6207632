// A fully connected layer, on rows or on every step of sequences.
//
//   y = f(x W + b)                 W [F, units], b [units]
//   dz = dy f'(y)   dW = x^T dz    db = sum dz    dx = dz W^T

import Kernels

/// Keras's Dense.
public final class Dense: Layer {
  /// The function on the output; softmax works on whole rows, the others on elements.
  public enum Function: Sendable, Equatable {
    case elementwise(ActivationKind)
    case softmax
  }

  /// Keras's name, such as `dense_1`.
  public let name: String
  /// `Dense`.
  public var kind: String { "Dense" }
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

  /// W `[F, units]`, then b `[units]` where there is one.
  public var parameters: [Parameter] { [kernel] + (bias.map { [$0] } ?? []) }

  init(_ options: DenseOptions, input: Activation, _ context: LayerContext) {
    name = context.name
    let units = options.units
    function = options.activation
    self.input = input
    let steps = input.isSequence ? input.steps : nil
    output = Activation(rows: context.rows, steps: steps, width: units, hasGradient: context.isTraining)
    logits = Activation(rows: context.rows, steps: steps, width: units, hasGradient: context.isTraining)
    kernel = context.store.add("\(name).kernel", [input.width, units], options.kernelInitializer)
    bias = options.useBias ? context.store.add("\(name).bias", [units], options.biasInitializer) : nil
    packed = PackedMatrix(depth: input.width, columns: units)
    packedTransposed = PackedMatrix(depth: units, columns: input.width)
    inputGradient = input.gradients.count > 0
  }

  /// Packs W, and its transpose where the input takes gradients.
  public func prepare(_ pass: Pass) {
    packed.pack(kernel.values)
    if pass.isTraining && inputGradient { packedTransposed.pack(transposing: kernel.values) }
  }

  /// y = f(x W + b) for all rows and steps of the shard.
  public func forward(_ shard: Shard, _ pass: Pass) {
    let z = logits.values(shard, logits.allSteps)
    let y = output.values(shard, output.allSteps)
    if let bias { broadcast(bias.values, into: z) } else { z.clear() }
    multiply(input.values(shard, input.allSteps), packed, into: z, from: .result)
    switch function {
    case .elementwise(let kind): activate(z, kind, into: y)
    case .softmax:
      y.copy(z)
      softmax(y)
    }
  }

  /// From dy (or dz, by `takesLogitGradients`) to the shard's dW and db, and to dx where the input takes
  /// gradients.
  public func backward(_ shard: Shard, _ pass: Pass) {
    let all = output.allSteps
    let dz = logits.gradients(shard, all)
    let (y, dy) = (output.values(shard, all), output.gradients(shard, all))
    switch function {
    case _ where takesLogitGradients: dz.copy(dy)
    case .elementwise(let kind):
      activateBackward(outputs: y, inputs: logits.values(shard), gradient: dy, kind, into: dz)
    case .softmax: softmaxBackward(outputs: y, gradient: dy, into: dz)
    }
    addOuterProduct(input.values(shard, all), dz, into: kernel.gradient(shard))
    if let bias { addColumnSums(of: dz, into: bias.gradient(shard)) }
    if inputGradient { multiply(dz, packedTransposed, into: input.gradients(shard, all)) }
  }
}
