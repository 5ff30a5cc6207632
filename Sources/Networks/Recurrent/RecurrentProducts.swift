// The products of a recurrent layer, x_t W + b and h_{t-1} U, with dropout on either, forward and backward.

import Kernels

/// x_t W + b of a recurrent layer.
class InputProducts {
  /// x_t W + b.
  let projection: any InputProjection
  let bias: Parameter?
  /// Whether a backward pass follows, for which the cell stores its intermediate results at each step.
  private(set) var keepsSteps = false

  /// - Parameters:
  ///   - gates: the number of gates in W's columns.
  ///   - addsInputGradient: whether the input's gradient is added to that of another layer.
  ///   - addsBias: whether b is added to the product; else the cell adds it.
  init(
    _ input: LayerInput, _ options: RecurrentOptions, gates: Int, addsInputGradient: Bool,
    addsBias: Bool = true,
    _ context: LayerContext
  ) throws {
    bias = context.optionalWeight("bias")
    projection = Self.projection(
      of: input, options, try context.weight("kernel"), addsBias ? bias : nil, gates: gates,
      addsInputGradient: addsInputGradient, context)
  }

  /// Packs the weights.
  func prepare(_ pass: Pass) {
    keepsSteps = pass.hasBackward
    projection.prepare(pass)
  }

  /// Prepares for the shard's steps.
  func beginForward(_ shard: Shard, _ pass: Pass) { projection.beginForward(shard, pass) }

  /// The projection of the input by token or by value, with dropout on the values in training. As in Keras, each gate
  /// has its own dropout mask if the state has dropout too.
  private static func projection(
    of input: LayerInput, _ options: RecurrentOptions, _ kernel: Parameter, _ bias: Parameter?,
    gates: Int, addsInputGradient: Bool, _ context: LayerContext
  ) -> any InputProjection {
    let columns = gates * kernel.padded
    if case .embedding(let embedding) = input {
      return TokenProjection(
        embedding, kernel: kernel, bias: bias, columns: columns, walksBack: options.goBackwards, context)
    }
    let values = input.activation
    let plain = ValueProjection(
      values, kernel: kernel, bias: bias, columns: columns, addsInputGradient: addsInputGradient)
    guard options.dropout > 0 && context.isTraining else { return plain }
    let product = DroppedProduct(
      kernel, rate: options.dropout, gates: gates, ownMasks: options.recurrentDropout > 0, context)
    return DroppedProjection(
      values, product, plain: plain, bias: bias, addsInputGradient: addsInputGradient)
  }
}

/// A recurrent layer's weights and the products with them.
final class RecurrentProducts: InputProducts {
  let recurrentKernel: Parameter
  let packedRecurrent: PackedMatrix
  private let packedRecurrentTransposed: PackedMatrix
  /// U with dropout on the state, for training; nil without dropout.
  private let stateDropout: DroppedProduct?
  private var dropsState = false

  /// - Parameters:
  ///   - gates: the number of gates of the cell.
  ///   - addsInputGradient: whether the input's gradient is added to that of another layer.
  ///   - addsBias: whether b is added to the product with the input; else the cell adds it.
  override init(
    _ input: LayerInput, _ options: RecurrentOptions, gates: Int, addsInputGradient: Bool,
    addsBias: Bool = true,
    _ context: LayerContext
  ) throws {
    recurrentKernel = try context.weight("recurrent_kernel")
    let columns = gates * options.gateWidth
    packedRecurrent = PackedMatrix(depth: recurrentKernel.rows, columns: columns)
    packedRecurrentTransposed = PackedMatrix(depth: columns, columns: recurrentKernel.rows)
    stateDropout =
      options.recurrentDropout > 0 && context.isTraining
      ? DroppedProduct(
        recurrentKernel, rate: options.recurrentDropout, gates: gates, ownMasks: true, context) : nil
    try super.init(
      input, options, gates: gates, addsInputGradient: addsInputGradient, addsBias: addsBias, context)
  }

  /// U with dropout on the state, in a pass that applies dropout.
  var droppedState: DroppedProduct? { dropsState ? stateDropout : nil }

  /// Packs W and U, and their transposes if a backward pass follows.
  override func prepare(_ pass: Pass) {
    super.prepare(pass)
    packedRecurrent.pack(recurrentKernel.values)
    dropsState = pass.isTraining && stateDropout != nil
    if dropsState { stateDropout?.prepare() }
    if pass.hasBackward { packedRecurrentTransposed.pack(transposing: recurrentKernel.values) }
  }

  /// Prepares for the shard's steps.
  override func beginForward(_ shard: Shard, _ pass: Pass) {
    super.beginForward(shard, pass)
    droppedState?.draw(shard, pass)
  }

  /// x_t W + b + h_{t-1} U.
  func writeSums(_ step: CellStep, state: Matrix, into sums: Matrix) {
    if let dropout = droppedState {
      projection.write(step.shard, step.time, into: sums)
      dropout.add(state, dropout.all, step.shard, into: sums)
    } else {
      projection.write(step.shard, step.time, plus: state, times: packedRecurrent, into: sums)
    }
  }

  /// dL/dh_{t-1} from the gradients of h_{t-1} U.
  func passStateBack(_ gradient: Matrix, _ shard: Shard, into dh: Matrix) {
    if let dropout = droppedState {
      dropout.passBack(gradient, dropout.all, shard, adds: false, into: dh)
    } else {
      multiply(gradient, packedRecurrentTransposed, into: dh)
    }
  }

  /// Adds h_{t-1}^T du of all of a block's steps to U's gradient.
  ///
  /// - Parameter ahead: memory that is read next and prefetched during the product.
  func addRecurrentGradient(_ state: Matrix, _ du: Matrix, _ shard: Shard, ahead: Matrix?) {
    if let dropout = droppedState {
      dropout.addGradient(state, du, dropout.all, shard)
    } else {
      addOuterProduct(state, du, into: recurrentKernel.gradient(shard), ahead: ahead)
    }
  }
}
