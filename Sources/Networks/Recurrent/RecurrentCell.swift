// A cell: one step of a recurrent layer, forward and backward. RecurrentLayer runs it over time, and carries, masks
// and shares all states in the same way.

import Kernels

/// One step of the loop over time.
struct CellStep {
  /// The rows, of which only the active ones are computed.
  let shard: Shard
  /// t, the time of the step.
  let time: Int
  /// The time of the step processed before it.
  let before: Int
}

/// The equations of a recurrent layer.
protocol RecurrentCell: AnyObject {
  /// The number of rows in a block of steps whose weight gradients are one product.
  var blockRows: Int { get }
  /// Prepares the cell's weights for a pass.
  func prepare(_ pass: Pass)
  /// Prepares for the forward steps of a shard.
  func beginForward(_ shard: Shard)
  /// Computes the states after a step from x_t and the states before it.
  func forward(_ step: CellStep, _ scratch: RecurrentScratch)
  /// From the gradients of the states after the step, in `scratch.gradient(of:)`, computes those of the
  /// pre-activations, at `slot` of the block, and those of the states before the step.
  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch)
  /// Adds the contributions of the recurrent products at `times` to the weights' gradients; the pre-activations'
  /// gradients are in `slots` of the block.
  func addRecurrentGradient(
    _ shard: Shard, _ times: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch)
  /// Clears what the cell itself keeps of the masked rows of a step at `slot` of the block.
  func clearMaskedGradients(_ rows: RowMask, _ shard: Shard, slot: Int)
  /// Where the gates are after a forward pass of a network for training; none for a cell without gates.
  var storedGates: [StoredGate] { get }
  /// How the memory changes; nil if it isn't the sum of what was added to it.
  var memoryRule: MemoryRule? { get }
}

extension RecurrentCell {
  var blockRows: Int { RecurrentScratch.blockRows }
  func prepare(_ pass: Pass) {}
  func beginForward(_ shard: Shard) {}
  func clearMaskedGradients(_ rows: RowMask, _ shard: Shard, slot: Int) {}
}

/// Steps whose weight gradients are computed by one product.
struct TimeBlock {
  /// The times of the steps, in ascending order.
  let times: Range<Int>
  /// The times processed before each of them.
  let before: Range<Int>
  /// The times of the block that the backward pass reads next.
  let next: Range<Int>
}
