// Two recurrent layers over the same input, one forward in time, one backward (Schuster and Paliwal 1997).
// Both histories lie in the order of time, so joining them step by step is Keras's flip and merge in one.

import Kernels

/// How the two directions become one output.
public enum MergeMode: String, Sendable, CaseIterable {
  case concat, sum, mul, ave
}

/// Keras's Bidirectional.
public final class Bidirectional: Layer {
  /// Keras's name, such as `bidirectional_1`.
  public let name: String
  /// `Bidirectional`.
  public var kind: String { "Bidirectional" }
  /// The layer that walks from the first step to the last.
  public let forwardLayer: RecurrentLayer
  /// The layer that walks from the last step to the first.
  public let backwardLayer: RecurrentLayer
  /// How the outputs are joined.
  public let merge: MergeMode
  /// Both directions joined, `[rows, steps, width]` or `[rows, width]`; for concat the width is
  /// both directions' units.
  public let output: Activation
  private let units: Int
  /// Of the input, where all steps go on: Keras then makes the output of masked steps zero.
  private let mask: Mask?

  /// The weights of the forward layer, then those of the backward layer.
  public var parameters: [Parameter] { forwardLayer.parameters + backwardLayer.parameters }

  init(
    _ forwardLayer: RecurrentLayer, _ backwardLayer: RecurrentLayer, _ merge: MergeMode,
    _ context: LayerContext
  ) {
    name = context.name
    self.forwardLayer = forwardLayer
    self.backwardLayer = backwardLayer
    self.merge = merge
    units = forwardLayer.options.units
    forwardLayer.handsOutHistory = forwardLayer.options.returnSequences
    backwardLayer.handsOutHistory = forwardLayer.options.returnSequences
    let sequences = forwardLayer.options.returnSequences
    mask = sequences ? forwardLayer.mask : nil
    for layer in [forwardLayer, backwardLayer] { layer.activity?.mask = mask }
    output = Activation(
      context.places, steps: sequences ? forwardLayer.history.steps : nil,
      width: merge == .concat ? units + backwardLayer.options.units : units, hasGradient: context.isTraining)
  }

  /// A direction's output in the order of time: its history, or its last step.
  private func result(_ layer: RecurrentLayer) -> Activation {
    layer.options.returnSequences ? layer.history : layer.output
  }

  /// Packs the weights of both directions.
  public func prepare(_ pass: Pass) {
    forwardLayer.prepare(pass)
    backwardLayer.prepare(pass)
  }

  /// Forgets the states of both directions.
  public func resetState() {
    forwardLayer.resetState()
    backwardLayer.resetState()
  }

  /// Projects some of the batch's tokens for both directions.
  public func project(part: Int, of parts: Int, worker: Int, _ pass: Pass) {
    forwardLayer.project(part: part, of: parts, worker: worker, pass)
    backwardLayer.project(part: part, of: parts, worker: worker, pass)
  }

  /// The products of some of the batch's tokens, in both directions.
  public func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan) {
    forwardLayer.finishBackward(part: part, of: parts, worker: worker, plan)
    backwardLayer.finishBackward(part: part, of: parts, worker: worker, plan)
  }

  /// Runs both directions on the shard and joins their outputs.
  public func forward(_ shard: Shard, _ pass: Pass) {
    forwardLayer.forward(shard, pass)
    backwardLayer.forward(shard, pass)
    let (first, second) = (result(forwardLayer), result(backwardLayer))
    let all = output.allSteps
    join(first.values(shard, all), second.values(shard, all), into: output.values(shard, all))
    if let mask { clearMasked(output.values(shard, all), mask.rows(shard)) }
  }

  /// Parts the output's gradients between the directions and runs both backward; their input gradients add
  /// up.
  public func backward(_ shard: Shard, _ pass: Pass) {
    let (first, second) = (result(forwardLayer), result(backwardLayer))
    let all = output.allSteps
    let gradient = output.gradients(shard, all)
    if let mask { clearMasked(gradient, mask.rows(shard)) }
    switch merge {
    case .concat:
      copyColumns(of: gradient, from: 0, into: first.gradients(shard, all))
      copyColumns(of: gradient, from: units, into: second.gradients(shard, all))
    case .sum, .ave:
      scale(gradient, by: merge == .ave ? 0.5 : 1, into: first.gradients(shard, all))
      scale(gradient, by: merge == .ave ? 0.5 : 1, into: second.gradients(shard, all))
    case .mul:
      product(gradient, second.values(shard, all), scaledBy: 1, into: first.gradients(shard, all))
      product(gradient, first.values(shard, all), scaledBy: 1, into: second.gradients(shard, all))
    }
    forwardLayer.backward(shard, pass)
    backwardLayer.backward(shard, pass)
  }

  private func join(_ first: Matrix, _ second: Matrix, into result: Matrix) {
    switch merge {
    case .concat:
      copyColumns(of: first, into: result, at: 0)
      copyColumns(of: second, into: result, at: units)
    case .sum: sum(first, second, into: result)
    case .ave:
      sum(first, second, into: result)
      scale(result, by: 0.5, into: result)
    case .mul: product(first, second, scaledBy: 1, into: result)
    }
  }
}
