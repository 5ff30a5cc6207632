// What SimpleRNN, LSTM and GRU share: the run through time and its backward pass; weight gradients are summed in
// RecurrentGradients.swift.
// The cells' equations stand in LSTM.swift, GRU.swift and SimpleRNN.swift.
//
// Legend: n rows of the shard, T steps, F inputs, H units, G = max(H, 16) columns a gate takes.
//
// A shard goes through all of time by itself: the state and the gates of its few rows stay in the first
// cache, the packed weights in the second. Backward, time is cut into blocks of about 128 rows: within a
// block each step needs only dz U^T, then one product each over the whole block gives the gradients of W,
// U and the input, while dz is still in cache.

import Kernels

/// A layer that walks through time; subclasses are its cells.
public class RecurrentLayer: Layer {
  /// Keras's name, such as `lstm_1`; of a wrapped layer, its wrapper's with `.forward` or `.backward`.
  public let name: String
  /// `RNN`; each cell has Keras's name of its own class instead.
  public var kind: String { "RNN" }
  /// The options it was built with.
  public let options: RecurrentOptions
  /// x_t W + b.
  let projection: any InputProjection
  /// U with dropout on the state, for training; nil without.
  let stateDropout: DroppedProduct?
  private var dropsState = false
  /// Whether a backward pass follows, for which the cell keeps what it computed at each step.
  private(set) var keepsSteps = false
  /// The padding that rows share, where they do.
  let prefix: SharedPrefix?
  /// Which of the input's steps count; nil where all do.
  let mask: Mask?
  /// The states that rows ended the batch before with; nil where rows begin with zeros.
  let carried: CarriedState?
  /// h for every step, in the order of time, and the initial state.
  let history: Activation
  /// h of every step, `[rows, steps, H]`, with `returnSequences`, in the order walked; else the last, `[rows,
  /// H]`.
  public let output: Activation
  let kernel: Parameter
  let recurrentKernel: Parameter
  let bias: Parameter?
  /// Whether all of the history is read, and gets gradients, where it lies: in the order of time, whichever
  /// way it was walked.
  var handsOutHistory: Bool
  /// Whether rows whose shared padding goes on are given its state at each step, for a reader of all rows.
  private var spreadsPadding = true
  /// Each thread's marks of the rows that have had a step that counts; none where it makes no difference.
  let begun: [Buffer<UInt8>]
  let gate: Int
  let rows: Int
  private let gates: Int
  let packedRecurrent: PackedMatrix
  let packedRecurrentTransposed: PackedMatrix
  private var scratch: [RecurrentScratch] = []
  let activity: ActivityPenalty?
  /// dL/dh_t of every row and step, in the order of time, where the network keeps it.
  public private(set) var stateGradients: Activation?

  /// W `[F, gates * H]`, U `[H, gates * H]`, and b where there is one.
  public var parameters: [Parameter] { [kernel, recurrentKernel] + (bias.map { [$0] } ?? []) }

  /// - Parameters:
  ///   - gates: how many gates the cell has.
  ///   - biasShape: Keras's shape of the bias.
  ///   - addsInputGradient: whether the input's gradient is added to what another layer wrote there.
  init(
    _ options: RecurrentOptions, gates: Int, biasShape: [Int], biasInitializer: Initializer,
    input: RecurrentInput, addsInputGradient: Bool, _ context: LayerContext
  ) {
    let (steps, width) = (input.activation.steps, input.activation.width)
    let units = options.units
    name = context.name
    self.options = options
    self.gates = gates
    activity = context.store.penalize(options.activityRegularizer)
    mask = input.activation.mask
    rows = context.rows
    gate = max(units, 16)
    history = Activation(
      context.places, steps: steps, width: units, hasGradient: context.isTraining,
      initialState: options.goBackwards ? .after : .before,
      kept: context.isTraining || options.returnSequences ? nil : 2)
    carried =
      options.stateful || context.isStreaming ? CarriedState(rows: context.rows, units: units, count: 2) : nil
    let begins = options.stateful && !context.isStreaming && mask != nil
    begun = begins ? (0..<context.workers).map { _ in Buffer(count: context.rows, zero: 0) } : []
    handsOutHistory = options.returnSequences && !options.goBackwards && !begins
    output = handsOutHistory ? history : Self.output(history.steps, options, context)
    kernel = context.store.add(
      "\(name).kernel", [width, gates * units], gates: gates, options.kernelInitializer,
      regularizer: options.kernelRegularizer)
    recurrentKernel = context.store.add(
      "\(name).recurrent_kernel", [units, gates * units], gates: gates, options.recurrentInitializer,
      regularizer: options.recurrentRegularizer)
    bias =
      options.useBias
      ? context.store.add(
        "\(name).bias", biasShape, gates: gates, biasInitializer, regularizer: options.biasRegularizer) : nil
    packedRecurrent = PackedMatrix(depth: units, columns: gates * gate)
    packedRecurrentTransposed = PackedMatrix(depth: gates * gate, columns: units)
    projection = Self.projection(
      of: input, options, kernel, bias, gates: gates, addsInputGradient: addsInputGradient, context)
    stateDropout =
      options.recurrentDropout > 0 && context.isTraining
      ? DroppedProduct(
        recurrentKernel, rate: options.recurrentDropout, gates: gates, ownMasks: true, context) : nil
    prefix = options.goBackwards ? nil : input.prefix
    let most = ShardPlan(rows: context.rows).rowsPerShard
    scratch = (0..<context.workers).map { _ in
      RecurrentScratch(rows: most, width: gates * gate, units: units, isTraining: context.isTraining)
    }
  }

  /// As the input has values or token ids, and with dropout on them in training. Each gate drops values of its
  /// own where the state has dropout too, as in Keras.
  private static func projection(
    of input: RecurrentInput, _ options: RecurrentOptions, _ kernel: Parameter, _ bias: Parameter?,
    gates: Int, addsInputGradient: Bool, _ context: LayerContext
  ) -> any InputProjection {
    let columns = gates * kernel.padded
    let values: Activation
    switch input {
    case .tokens(let embedding):
      return TokenProjection(
        embedding, kernel: kernel, bias: bias, columns: columns, walksBack: options.goBackwards, context)
    case .values(let activation): values = activation
    }
    let plain = ValueProjection(
      values, kernel: kernel, bias: bias, columns: columns, addsInputGradient: addsInputGradient)
    guard options.dropout > 0 && context.isTraining else { return plain }
    let product = DroppedProduct(
      kernel, rate: options.dropout, gates: gates, ownMasks: options.recurrentDropout > 0, context)
    return DroppedProjection(
      values, product, plain: plain, bias: bias, addsInputGradient: addsInputGradient)
  }

  /// Memory of its own for the output, where it is not the history itself.
  private static func output(
    _ steps: Int, _ options: RecurrentOptions, _ context: LayerContext
  ) -> Activation {
    Activation(
      context.places, steps: options.returnSequences ? steps : nil, width: options.units,
      hasGradient: context.isTraining)
  }

  // MARK: The cell, by subclasses

  /// h_t of the shard at time t, from x_t and h_{t-1}.
  func stepForward(_ shard: Shard, _ time: Int, _ scratch: RecurrentScratch) {}

  /// From `scratch.dh` = dL/dh_t: the gradients of the pre-activations at `slot` of the block, and
  /// dL/dh_{t-1} in `scratch.dh`.
  func stepBackward(_ shard: Shard, _ time: Int, slot: Int, _ scratch: RecurrentScratch) {}

  /// The state at time t is the state before, in the rows that `mask` leaves out.
  func carryState(_ shard: Shard, _ time: Int, _ mask: RowMask) {
    copyMasked(history.values(shard, before(time)), mask, into: history.values(shard, time))
  }

  /// Undoes `stepBackward` in the rows that `mask` leaves out: `kept`, dL/dh_t, goes on to the step before.
  func carryGradient(_ kept: Matrix, _ shard: Shard, _ scratch: RecurrentScratch, _ mask: RowMask) {
    copyMasked(kept, mask, into: scratch.dh(shard))
  }

  /// The part of the weights' gradients that the recurrent product at `times` gives, whose gradients stand in
  /// `slots` of the block.
  func addRecurrentGradient(
    _ shard: Shard, _ times: Range<Int>, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    let (before, du) = (history.values(shard, shifted(times)), scratch.recurrentGradients(slots, shard))
    if let dropout = droppedState {
      dropout.addGradient(before, du, dropout.all, shard)
    } else {
      addOuterProduct(before, du, into: recurrentKernel.gradient(shard), ahead: kept(shard, ahead: times))
    }
  }

  /// What the cell keeps of every step for its backward pass alone, besides the history.
  var kept: Activation? { nil }

  /// U with dropout on the state, in a pass that drops.
  var droppedState: DroppedProduct? { dropsState ? stateDropout : nil }

  /// x_t W + b + h_{t-1} U.
  func writeSums(_ shard: Shard, _ time: Int, into sums: Matrix) {
    let before = history.values(shard, before(time))
    if let dropout = droppedState {
      projection.write(shard, time, into: sums)
      dropout.add(before, dropout.all, shard, into: sums)
    } else {
      projection.write(shard, time, plus: before, times: packedRecurrent, into: sums)
    }
  }

  /// dL/dh_{t-1} by the gradients of h_{t-1} U.
  func passStateBack(_ gradient: Matrix, _ shard: Shard, into dh: Matrix) {
    if let dropout = droppedState {
      dropout.passBack(gradient, dropout.all, shard, adds: false, into: dh)
    } else {
      multiply(gradient, packedRecurrentTransposed, into: dh)
    }
  }

  /// Gives `rows`, which begin after `time`, the state that the row before them has at `time`.
  func takeOver(_ rows: Range<Int>, _ shard: Shard, _ time: Int) {
    repeatRow(before: rows, in: history.values(shard, time))
  }

  /// Adds the gradients of the state of `rows`, which began here, to the row before them, whose state it was.
  func giveBack(_ rows: Range<Int>, _ shard: Shard, _ scratch: RecurrentScratch) {
    foldRows(rows, in: scratch.dh(shard))
  }

  // MARK: Through time

  /// Packs W and U, and in training their transposes.
  public func prepare(_ pass: Pass) {
    keepsSteps = pass.hasBackward
    projection.prepare(pass)
    packedRecurrent.pack(recurrentKernel.values)
    dropsState = pass.isTraining && stateDropout != nil
    if dropsState { stateDropout?.prepare() }
    if pass.hasBackward { packedRecurrentTransposed.pack(transposing: recurrentKernel.values) }
  }

  /// Projects some of the batch's tokens, where the input is such.
  public func project(part: Int, of parts: Int, worker: Int, _ pass: Pass) {
    projection.project(part: part, of: parts, worker: worker, pass)
  }

  /// Walks the shard through time from a zero state.
  public func forward(_ shard: Shard, _ pass: Pass) {
    let scratch = scratch[shard.worker]
    begin(history, state: 0, shard)
    projection.beginForward(shard, pass)
    droppedState?.draw(shard, pass)
    beginForward(shard)
    var active = prefix == nil ? shard.rows : 1
    for index in history.allSteps {
      let time = time(index)
      active = begin(active, shard, time)
      walkForward(shard.with(active: active), time, scratch)
      if handsOutHistory && spreadsPadding && active < shard.rows {
        repeatRow(before: active..<shard.rows, in: history.values(shard, time))
      }
    }
    endForward(shard)
    deliver(shard)
    activity?.measure(result.values(shard), shard)
  }

  /// Gives the rows the state before the first step: the one carried, else zeros.
  func begin(_ values: Activation, state: Int, _ shard: Shard) {
    let first = values.values(shard, options.goBackwards ? values.steps : -1)
    if let carried { first.copy(carried.rows(state, shard)) } else { first.clear() }
  }

  /// Keeps the state after the last step, where it is carried.
  func end(_ values: Activation, state: Int, _ shard: Shard) {
    carried?.rows(state, shard).copy(values.values(shard, time(history.steps - 1)))
  }

  /// Lets the next layer walk the padding that rows share as this one does.
  func handOnPrefix() {
    guard let prefix, handsOutHistory, activity == nil else { return }
    history.prefix = prefix
    spreadsPadding = false
  }

  /// Keeps what the cell carries.
  func endForward(_ shard: Shard) { end(history, state: 0, shard) }

  /// Makes the rows of the next batch begin with zeros.
  public func resetState() { carried?.reset() }

  /// What the layer gives, in the order of time where that is handed out.
  private var result: Activation { handsOutHistory ? history : output }

  /// Lets rows begin whose shared padding ends before `time`; returns how many are at work then.
  private func begin(_ active: Int, _ shard: Shard, _ time: Int) -> Int {
    guard let prefix, active < shard.rows else { return active }
    let next = prefix.active(shard, time, near: active)
    if next > active && time > 0 { takeOver(active..<next, shard, time - 1) }
    return next
  }

  /// What the cell keeps besides h, before the first step.
  func beginForward(_ shard: Shard) {}

  /// Walks the shard back through time; adds to the shard's dW, dU and db, and writes or adds dx.
  public func backward(_ shard: Shard, _ pass: Pass) {
    let scratch = scratch[shard.worker]
    scratch.clearGradients(shard)
    activity?.addSlope(result.values(shard), shard, into: result.gradients(shard))
    projection.beginBackward(shard)
    let blockSteps = Self.blockSteps(shard)
    var active = shard.rows
    var end = history.steps
    while end > 0 {
      let steps = max(0, end - blockSteps)..<end
      let times = options.goBackwards ? time(steps.upperBound - 1)..<time(steps.lowerBound) + 1 : steps
      for index in steps.reversed() {
        active = stepBack(active, shard, index, slot: time(index) - times.lowerBound, scratch)
      }
      addBlockGradients(shard, times, scratch)
      end = steps.lowerBound
    }
  }

  /// Walks back over the step walked `index`-th, where `active` rows are at work; returns how many are at
  /// work one step before.
  private func stepBack(
    _ active: Int, _ shard: Shard, _ index: Int, slot: Int, _ scratch: RecurrentScratch
  ) -> Int {
    let now = shard.with(active: active)
    receive(now, index, scratch)
    stateGradients?.values(now, time(index)).copy(scratch.dh(now))
    walkBackward(now, time(index), slot: slot, scratch)
    guard let prefix, index > 0 else { return active }
    let before = prefix.active(shard, index - 1, near: active)
    if before < active { giveBack(before..<active, now, scratch) }
    return before
  }

  /// Lets every backward pass write dL/dh_t, all that reaches h_t from above and from the steps walked after
  /// it, to `stateGradients`; training does without.
  func keepStateGradients() {
    stateGradients = Activation(
      .batch(rows: rows), steps: history.steps, width: options.units, hasGradient: false)
  }

  /// The time that is walked `index`-th.
  func time(_ index: Int) -> Int { options.goBackwards ? history.steps - 1 - index : index }

  /// The time walked before `time`.
  func before(_ time: Int) -> Int { options.goBackwards ? time + 1 : time - 1 }

  /// The times walked before `times`.
  func shifted(_ times: Range<Int>) -> Range<Int> {
    before(times.lowerBound)..<before(times.lowerBound) + times.count
  }

  /// Hands the history on, where the output is no view of it.
  private func deliver(_ shard: Shard) {
    guard !handsOutHistory else { return }
    if let mask, !begun.isEmpty { return deliverBegun(shard, mask) }
    if options.returnSequences {
      for index in history.allSteps { output.values(shard, index).copy(history.values(shard, time(index))) }
    } else {
      output.values(shard, 0).copy(history.values(shard, time(history.steps - 1)))
    }
  }

  /// Adds the gradient that arrives from the next layer at the step walked `index`-th.
  private func receive(_ shard: Shard, _ index: Int, _ scratch: RecurrentScratch) {
    if handsOutHistory {
      let all = history.gradients(shard.with(active: shard.rows), time(index))
      if shard.active < shard.rows { foldRows(shard.active..<shard.rows, in: all) }
      add(all.rows(0..<shard.active), into: scratch.dh(shard))
    } else if options.returnSequences {
      add(output.gradients(shard, index), into: scratch.dh(shard))
    } else if index == history.steps - 1 {
      add(output.gradients(shard, 0), into: scratch.dh(shard))
    }
  }

  /// The products of some of the batch's tokens, where the input is such.
  public func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan) {
    projection.finishBackward(part: part, of: parts, worker: worker, plan)
  }
}
