// Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).
//
//   z = x_t W + h_{t-1} U + b             W [F, 4H], U [H, 4H], b [4H], gates in the order i f g o
//   i, f, o = s(z_i), s(z_f), s(z_o)      how much to take in, to keep, to show
//   g = a(z_g)                            what to take in
//   c_t = f c_{t-1} + i g                 the memory: a sum, so gradients reach far back
//   h_t = o a(c_t)                        the output
//
// Backward, with dh = dL/dh_t from above and from step t+1, dc from step t+1:
//
//   dc += dh o a'(c_t)      dz_o = dh a(c_t) s'(o)
//   dz_i = dc g s'(i)       dz_f = dc c_{t-1} s'(f)      dz_g = dc i a'(g)
//   dc_{t-1} = dc f         dh_{t-1} = dz U^T            dx = dz W^T
//   dW = sum_t x_t^T dz     dU = sum_t h_{t-1}^T dz      db = sum_t dz
//
// The gates' arithmetic is one kernel each way (Kernels/LSTMKernels.swift).

import Kernels

/// Keras's LSTM.
public final class LSTM: RecurrentLayer {
  public override var kind: String { "LSTM" }
  private let cell: Activation
  /// Gates and a(c_t) of every step.
  private let keptSteps: Activation
  /// z of every step, where an activation's slope can't be told from its value.
  private let inputs: Activation?

  init(
    _ options: RecurrentOptions, input: RecurrentInput, addsInputGradient: Bool, _ context: LayerContext
  ) {
    let (places, steps, units) = (context.places, input.activation.steps, options.units)
    cell = Activation(
      places, steps: steps, width: units, hasGradient: false,
      initialState: options.goBackwards ? .after : .before, kept: context.isTraining ? nil : 2)
    keptSteps = Activation(
      places, steps: steps, width: lstmKeptWidth(units), hasGradient: false, hasValues: context.isTraining)
    inputs =
      context.isTraining && options.activations.needInputs
      ? Activation(places, steps: steps, width: 4 * max(units, 16), hasGradient: false) : nil
    super.init(
      options, gates: 4, biasShape: [4 * units],
      biasInitializer: options.unitForgetBias
        ? .forgetGateOnes(others: options.biasInitializer) : options.biasInitializer, input: input,
      addsInputGradient: addsInputGradient, context)
  }

  override var kept: Activation? { keptSteps }

  override func beginForward(_ shard: Shard) {
    begin(cell, state: 1, shard)
  }

  override func endForward(_ shard: Shard) {
    super.endForward(shard)
    end(cell, state: 1, shard)
  }

  override func takeOver(_ rows: Range<Int>, _ shard: Shard, _ time: Int) {
    super.takeOver(rows, shard, time)
    repeatRow(before: rows, in: cell.values(shard, time))
  }

  override func giveBack(_ rows: Range<Int>, _ shard: Shard, _ scratch: RecurrentScratch) {
    super.giveBack(rows, shard, scratch)
    foldRows(rows, in: scratch.cellGradients(shard).after)
  }

  override func stepForward(_ shard: Shard, _ time: Int, _ scratch: RecurrentScratch) {
    let z = inputs?.values(shard, time) ?? scratch.x(shard)
    writeSums(shard, time, into: z)
    if keepsSteps {
      lstmForward(step(shard, time, z), options.activations)
    } else {
      lstmForward(
        z: z, cellBefore: cell.values(shard, before(time)), cell: cell.values(shard, time),
        output: history.values(shard, time), options.activations)
    }
  }

  override func stepBackward(_ shard: Shard, _ time: Int, slot: Int, _ scratch: RecurrentScratch) {
    let dh = scratch.dh(shard)
    let dz = scratch.inputGradients(slot..<slot + 1, shard)
    let dc = scratch.cellGradients(shard)
    lstmBackward(
      step(shard, time, inputs?.values(shard, time) ?? dz),
      LSTMStepGradient(output: dh, cell: dc.after, cellBefore: dc.before, z: dz),
      options.activations)
    passStateBack(dz, shard, into: dh)
    scratch.flipCellGradients()
  }

  override func carryState(_ shard: Shard, _ time: Int, _ mask: RowMask) {
    super.carryState(shard, time, mask)
    copyMasked(cell.values(shard, before(time)), mask, into: cell.values(shard, time))
  }

  override func carryGradient(
    _ kept: Matrix, _ shard: Shard, _ scratch: RecurrentScratch, _ mask: RowMask
  ) {
    super.carryGradient(kept, shard, scratch, mask)
    // Flipped already: dc of the step after lies where the next one goes.
    let dc = scratch.cellGradients(shard)
    copyMasked(dc.before, mask, into: dc.after)
  }

  private func step(_ shard: Shard, _ time: Int, _ z: Matrix) -> LSTMStep {
    LSTMStep(
      z: z, kept: keptSteps.values(shard, time), cellBefore: cell.values(shard, before(time)),
      cell: cell.values(shard, time), output: history.values(shard, time))
  }
}
