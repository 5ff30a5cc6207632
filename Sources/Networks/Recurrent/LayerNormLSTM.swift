// An LSTM with layer normalization of its pre-activations and of its memory (Ba et al. 2016).
//
//   z = N_x(x_t W) + N_h(h_{t-1} U) + b     W [F, 4H], U [H, 4H], b [4H], gates in the order i f g o
//   i, f, o = s(z_i), s(z_f), s(z_o)        g = a(z_g)
//   c_t = N_c(f c_{t-1} + i g)              h_t = o a(c_t)
//
//   N(v) = gamma n + beta,  n = (v - mean v) / sqrt(var v + epsilon)       gamma, beta [4H], of N_c [H]
//
// N_x and N_h normalize all gates together, and the normalized memory is carried on: as TensorFlow Addons'
// LayerNormLSTMCell does, and PyTorch's LayerNormLSTMCell (benchmarks/fastrnns), which has no b.
//
// Backward, with dh = dL/dh_t from above and from step t+1, dc from step t+1:
//
//   dz_o = dh a(c_t) s'(o)      dc += dh o a'(c_t)      dk = N_c'(dc), with k = f c_{t-1} + i g
//   dz_i = dk g s'(i)           dz_f = dk c_{t-1} s'(f)      dz_g = dk i a'(g)      dc_{t-1} = dk f
//   dx = N_x'(dz)               du = N_h'(dz)           dh_{t-1} = du U^T
//   N'(d) = (e - mean e - n mean(e n)) / sqrt(var v + epsilon)  with e = gamma d
//   dW = sum_t x_t^T dx     dU = sum_t h_{t-1}^T du     db = sum_t dz     dgamma = sum_t d n     dbeta = sum_t d

import Kernels

/// An LSTM with layer normalization.
struct LayerNormLSTM: RecurrentProductDefinition {
  static let table = recurrentTable(
    "layer_norm_lstm", LayerNormLSTM(), gates: gateOptions, forget: forgetOptions,
    own: [
      .number("epsilon", \.epsilon, in: 0...1, "added to the variances"),
      CallOption("gamma_initializer", \.gammaInitializer, "initial gammas"),
      CallOption("beta_initializer", \.betaInitializer, "initial betas"),
    ])
  static let kerasClass = "LayerNormLSTM"
  static let isInKeras = false
  static let gates = 4
  static let stateNames = ["h", "c"]

  var options = RecurrentOptions(units: 0)
  /// Added to the variances.
  var epsilon: Float = 1e-3
  /// The initializer of each gamma.
  var gammaInitializer = Initializer.ones
  /// The initializer of each beta.
  var betaInitializer = Initializer.zeros

  var biasInitializer: Initializer {
    options.unitForgetBias ? .forgetGateOnes(others: options.biasInitializer) : options.biasInitializer
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let norms = [("kernel", 4), ("recurrent", 4), ("state", 1)].flatMap { norm, gates in
      [("gamma", gammaInitializer), ("beta", betaInitializer)].map { name, initializer in
        cellWeight("\(norm)_\(name)", [gates * options.units], gates: gates, initializer)
      }
    }
    return productWeights(inputWidth: inputs[0].width) + norms
  }

  func makeCell(
    _ products: RecurrentProducts, _ states: [Activation], _ context: LayerContext
  ) throws -> any RecurrentCell {
    try LayerNormLSTMCell(self, products, h: states[0], c: states[1], context)
  }

  func makeParts(
    _ input: LayerInput, _ histories: [Activation], addsInputGradient: Bool, _ context: LayerContext
  ) throws -> RecurrentParts {
    let products = try RecurrentProducts(
      input, options, gates: 4, addsInputGradient: addsInputGradient, addsBias: false, context)
    return RecurrentParts(products: products, cell: try makeCell(products, histories, context))
  }
}

/// The gamma and beta of a normalization, and what its backward pass reads.
private struct Norm {
  let gamma: Parameter
  let beta: Parameter
  /// n of every step.
  let normalized: Activation

  init(_ name: String, steps: Int, width: Int, _ context: LayerContext) throws {
    gamma = try context.weight("\(name)_gamma")
    beta = try context.weight("\(name)_beta")
    normalized = Activation(
      context.storage, steps: steps, width: width, hasGradient: false, kept: context.isTraining ? nil : 1)
  }

  /// Adds the gradients of gamma and beta for the steps at `times`, from that of the normalized values.
  func addGradient(_ gradient: Matrix, _ shard: Shard, _ times: Range<Int>) {
    addProductSums(of: gradient, times: normalized.values(shard, times), into: gamma.gradient(shard))
    addColumnSums(of: gradient, into: beta.gradient(shard))
  }
}

/// A step of the LSTM with layer normalization.
final class LayerNormLSTMCell: RecurrentCell {
  private let products: RecurrentProducts
  private let activations: CellActivations
  private let units: Int
  private let epsilon: Float
  private let h: Activation
  private let c: Activation
  private let inputNorm: Norm
  private let stateNorm: Norm
  private let memoryNorm: Norm
  /// 1 / sqrt(var + epsilon) of N_c, N_x and N_h, of every step.
  private let inverse: Activation
  /// i, f, g and o of every step.
  private let gates: Activation
  /// z of every step.
  private let z: Activation
  /// dz and dc of the steps of a block, and dk of a step.
  private let dz: BlockRows
  private let dc: BlockRows
  private let dk: BlockRows

  init(
    _ definition: LayerNormLSTM, _ products: RecurrentProducts, h: Activation, c: Activation,
    _ context: LayerContext
  ) throws {
    let options = definition.options
    (self.products, self.h, self.c) = (products, h, c)
    (activations, units, epsilon) = (options.activations, options.units, definition.epsilon)
    let (steps, width) = (h.steps, 4 * options.gateWidth)
    inputNorm = try Norm("kernel", steps: steps, width: width, context)
    stateNorm = try Norm("recurrent", steps: steps, width: width, context)
    memoryNorm = try Norm("state", steps: steps, width: units, context)
    func kept(_ width: Int) -> Activation {
      Activation(
        context.storage, steps: steps, width: width, hasGradient: false, kept: context.isTraining ? nil : 1)
    }
    (inverse, gates, z) = (kept(3), kept(width), kept(width))
    dz = BlockRows(width: width, isBlock: context.isTraining, context)
    dc = BlockRows(width: units, isBlock: context.isTraining, context)
    dk = BlockRows(width: units, isBlock: false, context)
  }

  /// The memory is normalized at each step, so it is no sum.
  var storedGates: [StoredGate] { StoredGate.parts(["i", "f", "g", "o"], in: gates) }

  func forward(_ step: CellStep, _ scratch: RecurrentScratch) {
    let (shard, time) = (step.shard, step.time)
    let (x, u, z) = (scratch.x(shard), scratch.u(shard), z.values(shard, time))
    products.projection.write(shard, time, into: x)
    multiplyState(h.values(shard, step.before), shard, into: u)
    if let bias = products.bias { broadcast(bias.values, into: z) } else { z.clear() }
    addNormalized(x, inputNorm, place: 1, step, into: z)
    addNormalized(u, stateNorm, place: 2, step, into: z)
    let (memory, gates) = (c.values(shard, time), gates.values(shard, time))
    normalizedLSTMGates(z, before: c.values(shard, step.before), gates: gates, into: memory, activations)
    normalizeRows(
      memory, epsilon: epsilon, gamma: memoryNorm.gamma.values, beta: memoryNorm.beta.values,
      normalized: memoryNorm.normalized.values(shard, time), inverse: inverse.values(shard, time),
      into: memory)
    normalizedLSTMOutput(memory, gates: gates, into: h.values(shard, time), activations)
  }

  private func addNormalized(
    _ values: Matrix, _ norm: Norm, place: Int, _ step: CellStep, into z: Matrix
  ) {
    addNormalizedGates(
      values, gates: 4, units: units, epsilon: epsilon, gamma: norm.gamma.values, beta: norm.beta.values,
      normalized: norm.normalized.values(step.shard, step.time),
      inverse: inverse.values(step.shard, step.time), place: place, into: z)
  }

  /// h_{t-1} U.
  private func multiplyState(_ before: Matrix, _ shard: Shard, into u: Matrix) {
    guard let dropout = products.droppedState else {
      return multiply(before, products.packedRecurrent, into: u)
    }
    u.clear()
    dropout.add(before, dropout.all, shard, into: u)
  }

  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    scratch.sharesGradients = false
    let (shard, time, slots) = (step.shard, step.time, slot..<slot + 1)
    let (dOutput, dMemory) = (scratch.gradient(of: 0, shard), scratch.gradient(of: 1, shard))
    let (dz, dc, dk) = (dz.rows(slots, shard), dc.rows(slots, shard), dk.rows(shard))
    let (gates, z) = (gates.values(shard, time), z.values(shard, time))
    dc.copy(dMemory.after)
    var gradient = LSTMStepGradient(
      output: dOutput.after, cell: dc, cellBefore: dMemory.before, z: dz)
    normalizedLSTMOutputBackward(c.values(shard, time), gates: gates, z: z, gradient, activations)
    normalizeRowsBackward(
      dc, gamma: memoryNorm.gamma.values, normalized: memoryNorm.normalized.values(shard, time),
      inverse: inverse.values(shard, time), gammaGradient: nil, betaGradient: nil, into: dk)
    gradient.cell = dk
    normalizedLSTMGatesBackward(c.values(shard, step.before), gates: gates, z: z, gradient, activations)
    let du = scratch.recurrentGradients(slots, shard)
    passBack(dz, inputNorm, place: 1, step, into: scratch.inputGradients(slots, shard))
    passBack(dz, stateNorm, place: 2, step, into: du)
    products.passStateBack(du, shard, into: dOutput.before)
  }

  private func passBack(_ dz: Matrix, _ norm: Norm, place: Int, _ step: CellStep, into result: Matrix) {
    normalizeGatesBackward(
      dz, gates: 4, units: units, gamma: norm.gamma.values,
      normalized: norm.normalized.values(step.shard, step.time),
      inverse: inverse.values(step.shard, step.time), place: place, into: result)
  }

  func clearMaskedGradients(_ rows: RowMask, _ shard: Shard, slot: Int) {
    clearMasked(dz.rows(slot..<slot + 1, shard), rows)
    clearMasked(dc.rows(slot..<slot + 1, shard), rows)
  }

  func addRecurrentGradient(
    _ shard: Shard, _ block: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    products.addRecurrentGradient(
      h.values(shard, block.before), scratch.recurrentGradients(slots, shard), shard, ahead: nil)
    let dz = dz.rows(slots, shard)
    inputNorm.addGradient(dz, shard, block.times)
    stateNorm.addGradient(dz, shard, block.times)
    memoryNorm.addGradient(dc.rows(slots, shard), shard, block.times)
    if let bias = products.bias { addColumnSums(of: dz, into: bias.gradient(shard)) }
  }
}
