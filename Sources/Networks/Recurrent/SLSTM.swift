// sLSTM, an LSTM with exponential gates, a normalizer and heads (Beck et al. 2024, xLSTM: Extended Long Short-Term
// Memory).
//
//   x = x_t W + h_{t-1} U + b             W [F, 4H], b [4H], gates in the order i f z o
//   l = m_{t-1} + ln s(x_f)               m_t = max(x_i, l), at the beginning x_i
//   i, f = e^(x_i - m_t), e^(l - m_t)     how much to add, to keep, both divided by e^m
//   z, o = tanh(x_z), s(x_o)              the candidate; how much to output
//   c_t = f c_{t-1} + i z                 the memory
//   n_t = f n_{t-1} + i                   the normalizer: the sum of the weights in c
//   h_t = o c_t / n_t                     the output
//
// With k heads, the state is divided into k parts of H/k numbers, and each part is multiplied only by a matrix of its
// own: U [H/k, 4H] has the heads' matrices side by side within each gate.
//
// Backward, with dh, dc, dn and dm of step t+1, p = di i, q = df f:
//
//   dx_o = dh (c/n) o (1 - o)     dc += dh o / n     dn -= dh o c / n^2
//   di = dc z + dn                df = dc c_{t-1} + dn n_{t-1}
//   dx_z = dc i (1 - z^2)         dc_{t-1} = dc f    dn_{t-1} = dn f
//   m_t is x_i:  dx_i = dm - q, dl = q     m_t is l:  dx_i = p, dl = dm - p
//   dm_{t-1} = dl                 dx_f = dl (1 - s(x_f))
//   dh_{t-1} = dx U^T             dW = sum_t x_t^T dx     dU = sum_t h_{t-1}^T dx     db = sum_t dx
//
// As in the package xlstm's vanilla backend. The gates' arithmetic is in Kernels/SLSTMKernels.swift.

import Failures
import Kernels

/// sLSTM.
struct SLSTM: RecurrentProductDefinition {
  static let table = recurrentTable(
    "slstm", SLSTM(), forget: forgetOptions,
    own: [.size("heads", \.heads, "parts of the state, each with its own U")], hasActivation: false)
  static let kerasClass = "SLSTM"
  static let isInKeras = false
  static let gates = 4
  static let stateNames = ["h", "c", "n", "m"]

  var options = RecurrentOptions(units: 0)
  /// The number of parts of the state.
  var heads = 1

  var biasInitializer: Initializer {
    options.unitForgetBias ? .forgetGateOnes(others: options.biasInitializer) : options.biasInitializer
  }

  func checked() throws -> SLSTM {
    guard options.units % heads == 0 else {
      throw Failure.usage(
        "layer slstm: \(options.units) units can't be divided among \(heads) heads",
        remedy: "choose a number of units that is a multiple of the heads")
    }
    guard heads == 1 || options.recurrentDropout == 0 else {
      throw Failure.usage(
        "layer slstm: recurrent_dropout isn't supported with several heads",
        remedy: "use dropout, or one head")
    }
    return self
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    var weights = productWeights(inputWidth: inputs[0].width)
    weights[1] = cellWeight(
      "recurrent_kernel", [options.units / heads, 4 * options.units], gates: 4, options.recurrentInitializer,
      options.recurrentRegularizer)
    return weights
  }

  func makeCell(
    _ products: RecurrentProducts, _ states: [Activation], _ context: LayerContext
  ) -> any RecurrentCell {
    SLSTMCell(options, products, products, states, context)
  }

  func makeParts(
    _ input: LayerInput, _ histories: [Activation], addsInputGradient: Bool, _ context: LayerContext
  ) throws -> RecurrentParts {
    guard heads > 1 else {
      let products = try RecurrentProducts(
        input, options, gates: 4, addsInputGradient: addsInputGradient, context)
      return RecurrentParts(products: products, cell: makeCell(products, histories, context))
    }
    let products = try HeadProducts(
      input, options, heads: heads, gates: 4, addsInputGradient: addsInputGradient, context)
    return RecurrentParts(
      products: products, cell: SLSTMCell(options, products, products, histories, context))
  }
}

/// A step of sLSTM.
final class SLSTMCell: RecurrentCell {
  private let input: InputProducts
  private let products: any StateProducts
  /// h, c, n and m.
  private let states: [Activation]
  /// The gates of every step.
  private let kept: Activation

  init(
    _ options: RecurrentOptions, _ input: InputProducts, _ products: any StateProducts,
    _ states: [Activation],
    _ context: LayerContext
  ) {
    (self.input, self.products, self.states) = (input, products, states)
    kept = Activation(
      context.storage, steps: states[0].steps, width: slstmKeptWidth(options.units), hasGradient: false,
      hasValues: context.isTraining)
  }

  var storedGates: [StoredGate] { StoredGate.vectors(["i", "f", "z", "o"], of: 5, in: kept) }
  var memoryRule: MemoryRule? { MemoryRule(keep: "f", add: "i") }

  func forward(_ step: CellStep, _ scratch: RecurrentScratch) {
    let x = scratch.x(step.shard)
    products.writeSums(step, state: states[0].values(step.shard, step.before), into: x)
    slstmForward(buffers(step, x: x, keeps: input.keepsSteps))
  }

  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    let (dh, dc) = (scratch.gradient(of: 0, step.shard), scratch.gradient(of: 1, step.shard))
    let (dn, dm) = (scratch.gradient(of: 2, step.shard), scratch.gradient(of: 3, step.shard))
    let dx = scratch.inputGradients(slot..<slot + 1, step.shard)
    let gradient = SLSTMStepGradient(
      output: dh.after, after: SLSTMState(c: dc.after, n: dn.after, m: dm.after),
      before: SLSTMState(c: dc.before, n: dn.before, m: dm.before), x: dx)
    slstmBackward(buffers(step, x: dx, keeps: true), gradient)
    products.passStateBack(dx, step.shard, into: dh.before)
  }

  func addRecurrentGradient(
    _ shard: Shard, _ block: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    products.addRecurrentGradient(
      states[0].values(shard, block.before), scratch.recurrentGradients(slots, shard), shard, ahead: nil)
  }

  private func buffers(_ step: CellStep, x: Matrix, keeps: Bool) -> SLSTMStep {
    SLSTMStep(
      x: x, kept: keeps ? kept.values(step.shard, step.time) : nil, before: state(step.shard, step.before),
      after: state(step.shard, step.time), output: states[0].values(step.shard, step.time))
  }
  private func state(_ shard: Shard, _ time: Int) -> SLSTMState {
    SLSTMState(
      c: states[1].values(shard, time), n: states[2].values(shard, time), m: states[3].values(shard, time))
  }
}
