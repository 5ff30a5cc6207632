// A cell: one step of a recurrent layer, forward and backward. The walk through time around it is RecurrentLayer's,
// which carries, masks and shares all states alike.

import Kernels

/// One step of the walk through time.
struct CellStep {
  /// The rows, of which the active ones are computed.
  let shard: Shard
  /// t, the time of the step.
  let time: Int
  /// The time of the step walked before it.
  let before: Int
}

/// The equations of a recurrent layer.
protocol RecurrentCell: AnyObject {
  /// Prepares its own weights for a pass.
  func prepare(_ pass: Pass)
  /// The states after a step, from x_t and the states before it.
  func forward(_ step: CellStep, _ scratch: RecurrentScratch)
  /// From `scratch.gradient(of:)`, the gradients of the states after the step: those of the pre-activations, at
  /// `slot` of the block, and those of the states before the step.
  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch)
  /// Adds the contributions of the recurrent products at `times` to the weights' gradients; the pre-activations'
  /// gradients are in `slots` of the block.
  func addRecurrentGradient(
    _ shard: Shard, _ times: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch)
}

extension RecurrentCell {
  func prepare(_ pass: Pass) {}
}

/// Steps whose weight gradients are one product.
struct TimeBlock {
  /// The times of the steps, in ascending order.
  let times: Range<Int>
  /// The times walked before each of them.
  let before: Range<Int>
  /// What the backward pass reads next: the times of the following block.
  let next: Range<Int>
}
