// The forward and backward loops of a recurrent layer over time, for any cell (the cells' equations are in
// SimpleRNN.swift, LSTM.swift, GRU.swift and so on). All states of a cell are treated in the same way: they are
// initialized, carried, masked, shared and returned here.
//
// Legend: n rows of the shard, T steps, F inputs, H units, G = max(H, 16) columns per gate.
//
// A shard runs through all steps independently: the state and the gates of its few rows stay in the L1 cache, the
// packed weights in L2. In the backward pass, time is divided into blocks of about 128 rows: within a block each step
// needs only dz U^T; then one product over the whole block computes each of the gradients of W, U and the input,
// while dz is still in the cache.
//
// Exact savings, each with its condition: rows share their padding (SharedPadding.swift), masked steps are not
// computed (below), the output is a view of the states (OutputDelivery.swift), tokens are projected once
// (TokenProjection.swift).

import Kernels

/// A recurrent layer that has been built.
public final class RecurrentLayer: Layer {
  /// Keras's name, such as `lstm_1`; for a wrapped layer, its wrapper's name with `.forward` or `.backward`.
  public let name: String
  /// The options with which it was built.
  public let options: RecurrentOptions
  /// Its output, then the states that it returns.
  public let outputs: [Activation]
  /// dL/dh_t of every row and step, in the order of time, if the network keeps it.
  public private(set) var stateGradients: Activation?

  /// The states of every step, in the order of time, and the initial states; h, the output, comes first, whether other
  /// layers can read and set it as a state or not.
  let states: [Activation]
  /// Their letters in the cell's equations.
  let stateNames: [String]
  /// The first of the states that other layers can read and set.
  private let firstState: Int
  /// Whether the output is a view of h at all steps, which is in the order of time for both directions.
  let returnsHistoryView: Bool
  /// Which of the input's steps are unmasked; nil if all are.
  let mask: Mask?
  /// The padding that rows share, if any.
  let prefix: SharedPrefix?
  /// Whether the state is copied to the rows in shared padding at each step, for a reader of all rows.
  var spreadsPadding = true
  /// Each thread's record of the rows that have had an unmasked step; empty if not needed.
  let hasStarted: [Buffer<UInt8>]
  /// Whether steps that nothing reads, at the end, need not be processed.
  private let canEndEarly: Bool
  let cell: any RecurrentCell
  /// The number of rows in a block of the backward pass.
  private let blockRows: Int
  let products: InputProducts
  /// The initial states; empty if they are zero or carried.
  private let initialStates: [Activation]
  /// The final states of the rows of the previous batch; nil if rows don't continue from them.
  private let carried: CarriedState?
  /// Activity penalties, one for each of `outputs`.
  private let activities: [ActivityPenalty]
  private let scratch: [RecurrentScratch]

  /// - Parameters:
  ///   - inputs: the input, then the initial states, if any.
  ///   - isDirection: whether it is one of two directions, whose outputs are combined in the order of time.
  ///   - addsInputGradient: whether the input's gradient is added to that of another layer.
  init<Definition: RecurrentDefinition>(
    _ definition: Definition, _ inputs: [LayerInput], isDirection: Bool = false,
    addsInputGradient: Bool = false, _ context: LayerContext
  ) throws {
    let (options, input) = (definition.options, inputs[0])
    self.options = options
    name = context.fullName
    initialStates = inputs.dropFirst().map(\.activation)
    canEndEarly = !initialStates.isEmpty && definition.skipsUnreadPadding && !isDirection
    // As in Keras, a layer with a given initial state doesn't skip masked steps.
    mask = initialStates.isEmpty ? input.activation.mask : nil
    prefix = options.goBackwards || !initialStates.isEmpty ? nil : input.prefix
    let tracksStart = options.stateful && !context.isStreaming && mask != nil
    hasStarted =
      tracksStart ? (0..<context.workers).map { _ in Buffer(count: context.rows, zero: 0) } : []
    returnsHistoryView =
      options.returnSequences && (isDirection || !options.goBackwards && !tracksStart)
    firstState = Definition.outputIsState ? 0 : 1
    stateNames = (Definition.outputIsState ? [] : ["h"]) + Definition.stateNames
    let widths = (Definition.outputIsState ? [] : [definition.outputWidth]) + definition.stateWidths
    states = Self.states(widths, options, steps: input.activation.steps, context)
    outputs =
      [returnsHistoryView ? states[0] : Self.output(states[0], options, context)]
      + (options.returnState ? states[firstState...].map { Self.lastState($0, context) } : [])
    carried =
      options.stateful || context.isStreaming ? CarriedState(rows: context.rows, widths: widths) : nil
    let parts = try definition.makeParts(input, states, addsInputGradient: addsInputGradient, context)
    (products, cell, blockRows) = (parts.products, parts.cell, parts.cell.blockRows)
    activities = outputs.compactMap { _ in context.network.store.penalize(options.activityRegularizer) }
    let columns = definition.gates(inputWidth: input.activation.width) * options.gateWidth
    scratch = (0..<context.workers).map { _ in
      RecurrentScratch(
        rows: context.rowsOfShard, width: columns, states: widths, isTraining: context.isTraining)
    }
    if let carried { context.network.carry(carried) }
    context.network.register(self)
  }

  /// Memory for the states of all steps; in prediction, of two steps if only the last output is read.
  private static func states(
    _ widths: [Int], _ options: RecurrentOptions, steps: Int, _ context: LayerContext
  ) -> [Activation] {
    widths.enumerated().map { number, width in
      let isRead = number == 0 && options.returnSequences
      return Activation(
        context.storage, steps: steps, width: width, hasGradient: number == 0 && context.isTraining,
        initialState: options.goBackwards ? .after : .before, kept: context.isTraining || isRead ? nil : 2)
    }
  }

  /// Separate memory for the output unless it is a view of the states.
  private static func output(
    _ history: Activation, _ options: RecurrentOptions, _ context: LayerContext
  ) -> Activation {
    Activation(
      context.storage, steps: options.returnSequences ? history.steps : nil, width: history.width,
      hasGradient: context.isTraining)
  }

  private static func lastState(_ history: Activation, _ context: LayerContext) -> Activation {
    Activation(context.storage, steps: nil, width: history.width, hasGradient: context.isTraining)
  }

  /// Excludes masked steps from the penalty, for a wrapper that sets their output to zero.
  func penalizeOnlyUnmasked(_ mask: Mask?) { activities.first?.mask = mask }

  /// Makes every backward pass write dL/dh_t, the sum of all gradients that reach h_t from above and from later
  /// processed steps, to `stateGradients`; training doesn't need it.
  func keepStateGradients(rows: Int) {
    stateGradients = Activation(
      .batch(rows: rows), steps: states[0].steps, width: states[0].width, hasGradient: false)
  }

  /// Packs the weights, and their transposes if a backward pass follows.
  public func prepare(_ pass: Pass) {
    products.prepare(pass)
    cell.prepare(pass)
  }

  // MARK: Forward

  /// Runs the shard forward through all steps.
  public func forward(_ shard: Shard, _ pass: Pass) {
    let scratch = scratch[shard.worker]
    for number in states.indices { beginState(number, shard) }
    products.beginForward(shard, pass)
    cell.beginForward(shard)
    var active = prefix == nil ? shard.rows : 1
    for index in steps(shard, pass) {
      let time = time(index)
      active = activate(active, shard, time)
      stepForward(step(shard.with(active: active), time), scratch)
      if returnsHistoryView && spreadsPadding && active < shard.rows {
        repeatRow(before: active..<shard.rows, in: states[0].values(shard, time))
      }
    }
    for number in states.indices { endState(number, shard) }
    deliver(shard)
    for (activity, output) in zip(activities, outputs) { activity.measure(output.values(shard), shard) }
  }

  /// The steps that are processed.
  private func steps(_ shard: Shard, _ pass: Pass) -> Range<Int> {
    output.isPaddingUnread ? output.usedSteps(shard, pass) : states[0].allSteps
  }

  /// Without an initial state, masked steps cost nothing anyway.
  public var computesOnlyUsedSteps: Bool { canEndEarly && activities.isEmpty }

  /// Sets the state before the first step: the given one, the carried one, or else zeros.
  private func beginState(_ number: Int, _ shard: Shard) {
    let first = states[number].values(shard, options.goBackwards ? states[number].steps : -1)
    if !initialStates.isEmpty, number >= firstState {
      first.copy(initialStates[number - firstState].values(shard))
    } else if let carried {
      first.copy(carried.rows(number, shard))
    } else {
      first.clear()
    }
  }

  /// Stores the state after the last step if it is carried or returned.
  private func endState(_ number: Int, _ shard: Shard) {
    guard carried != nil || options.returnState else { return }
    let last = states[number].values(shard, time(states[number].steps - 1))
    carried?.rows(number, shard).copy(last)
    returned(number)?.values(shard).copy(last)
  }

  /// The layer's output of state number `number` after the last step; nil if it isn't returned.
  private func returned(_ number: Int) -> Activation? {
    options.returnState && number >= firstState ? outputs[1 + number - firstState] : nil
  }

  // MARK: Backward

  /// Runs the shard backward through all steps; adds to the shard's dW, dU and db, and writes or adds dx.
  public func backward(_ shard: Shard, _ pass: Pass) {
    let scratch = scratch[shard.worker]
    for (activity, output) in zip(activities, outputs) {
      activity.addGradient(output.values(shard), shard, into: output.gradients(shard))
    }
    beginGradients(shard, scratch)
    products.projection.beginBackward(shard)
    let blockSteps = blockSteps(shard)
    var active = shard.rows
    var end = steps(shard, pass).upperBound
    products.projection.skip(end..<states[0].steps, shard)
    while end > 0 {
      let steps = max(0, end - blockSteps)..<end
      let times = options.goBackwards ? time(steps.upperBound - 1)..<time(steps.lowerBound) + 1 : steps
      for index in steps.reversed() {
        active = stepBack(active, shard, index, slot: time(index) - times.lowerBound, scratch)
      }
      addBlockGradients(shard, times, scratch)
      end = steps.lowerBound
    }
    for (number, initial) in initialStates.enumerated() where initial.hasGradient {
      initial.gradients(shard).copy(scratch.gradient(of: firstState + number, shard).after)
    }
  }

  /// Sets the gradients of the states after the last step: those of the returned states, or else zeros.
  private func beginGradients(_ shard: Shard, _ scratch: RecurrentScratch) {
    for number in states.indices {
      let last = scratch.gradient(of: number, shard).after
      if let output = returned(number) { last.copy(output.gradients(shard)) } else { last.clear() }
    }
  }

  /// Runs the `index`-th processed step backward with `active` active rows; returns the number of active rows one
  /// step before.
  private func stepBack(
    _ active: Int, _ shard: Shard, _ index: Int, slot: Int, _ scratch: RecurrentScratch
  ) -> Int {
    let now = shard.with(active: active)
    receive(now, index, scratch)
    stateGradients?.values(now, time(index)).copy(scratch.gradient(of: 0, now).after)
    stepBackward(step(now, time(index)), slot: slot, scratch)
    return deactivate(active, now, index, scratch)
  }

  /// Computes one product for the whole block if all rows are active, else one for each step.
  private func addBlockGradients(_ shard: Shard, _ times: Range<Int>, _ scratch: RecurrentScratch) {
    guard let prefix, prefix.active(shard, times.lowerBound, near: shard.rows) < shard.rows else {
      addGradients(shard, times, 0..<times.count, scratch)
      return
    }
    var active = shard.rows
    for (slot, time) in times.enumerated().reversed() {
      active = prefix.active(shard, time, near: active)
      addGradients(shard.with(active: active), time..<time + 1, slot..<slot + 1, scratch)
    }
  }

  private func addGradients(
    _ shard: Shard, _ times: Range<Int>, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    products.projection.addGradient(scratch.inputGradients(slots, shard), shard, times)
    let before = self.before(times.lowerBound)..<self.before(times.lowerBound) + times.count
    let block = TimeBlock(times: times, before: before, next: next(shard, times))
    cell.addRecurrentGradient(shard, block, slots, scratch)
  }

  /// The times of the block that the backward pass processes after `times`: its data is no longer in the L2 cache
  /// after the forward pass.
  private func next(_ shard: Shard, _ times: Range<Int>) -> Range<Int> {
    let blockSteps = blockSteps(shard)
    let first = options.goBackwards ? times.lowerBound + blockSteps : times.lowerBound - blockSteps
    return (first..<first + times.count).clamped(to: states[0].allSteps)
  }

  /// The number of steps of a shard in one product of the backward pass.
  private func blockSteps(_ shard: Shard) -> Int { max(1, blockRows / shard.rows) }

  // MARK: The order of steps

  /// The time of the `index`-th processed step.
  func time(_ index: Int) -> Int { options.goBackwards ? states[0].steps - 1 - index : index }

  /// The time processed before `time`.
  private func before(_ time: Int) -> Int { options.goBackwards ? time + 1 : time - 1 }

  private func step(_ shard: Shard, _ time: Int) -> CellStep {
    CellStep(shard: shard, time: time, before: before(time))
  }
}

// MARK: - Steps with masks

// At a masked step, a row keeps its states and so repeats its output; in the backward pass, the gradients of its
// states pass to the step before, and the weights get none (Keras: backend.rnn with a mask). A fully masked step is
// not computed.
extension RecurrentLayer {
  /// Runs a step forward; masked rows keep their states.
  private func stepForward(_ step: CellStep, _ scratch: RecurrentScratch) {
    let extent = mask?.extent(step.shard, step.time) ?? .all
    if extent != .none { cell.forward(step, scratch) }
    guard let mask, extent != .all else { return }
    let rows = mask.rows(step.shard, step.time)
    for state in states {
      copyMasked(state.values(step.shard, step.before), rows, into: state.values(step.shard, step.time))
    }
  }

  /// Runs a step backward; masked rows keep their gradients and add none to the weights.
  private func stepBackward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    let extent = mask?.extent(step.shard, step.time) ?? .all
    if extent != .none { cell.backward(step, slot: slot, scratch) }
    if let mask, extent != .all {
      let rows = mask.rows(step.shard, step.time)
      for number in states.indices where extent == .some {
        let gradient = scratch.gradient(of: number, step.shard)
        copyMasked(gradient.after, rows, into: gradient.before)
      }
      clearMasked(scratch.inputGradients(slot..<slot + 1, step.shard), rows)
      clearMasked(scratch.recurrentGradients(slot..<slot + 1, step.shard), rows)
      cell.clearMaskedGradients(rows, step.shard, slot: slot)
    }
    if extent != .none { scratch.flipGradients() }
  }
}
