// A step of minGRU and minLSTM, whose equations are in MinGRU.swift and MinLSTM.swift.

import Kernels

/// A step of minGRU or minLSTM.
final class MinimalCell: RecurrentCell {
  /// Which of the two.
  enum Kind {
    case gru, lstm
    var gates: Int { self == .gru ? 2 : 3 }
  }

  private let kind: Kind
  private let positive: Bool
  private let products: InputProducts
  private let blocks: ProjectedBlocks
  private let h: Activation
  /// The gates of every step.
  private let kept: Activation

  init(
    _ kind: Kind, _ options: RecurrentOptions, positive: Bool, _ products: InputProducts, _ input: LayerInput,
    h: Activation, _ context: LayerContext
  ) {
    (self.kind, self.positive, self.products, self.h) = (kind, positive, products, h)
    blocks = ProjectedBlocks(products.projection, input, width: kind.gates * options.gateWidth, context)
    kept = Activation(
      context.storage, steps: h.steps, width: minimalKeptWidth(options.units, gates: kind.gates),
      hasGradient: false, hasValues: context.isTraining)
  }

  func beginForward(_ shard: Shard) { blocks.begin(shard) }

  func forward(_ step: CellStep, _ scratch: RecurrentScratch) {
    let buffers = buffers(step, x: blocks.values(step), keeps: products.keepsSteps)
    switch kind {
    case .gru: minGRUForward(buffers, positive: positive)
    case .lstm: minLSTMForward(buffers, positive: positive)
    }
  }

  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    let dh = scratch.gradient(of: 0, step.shard)
    let dx = scratch.inputGradients(slot..<slot + 1, step.shard)
    let gradient = MinimalStepGradient(output: dh.after, before: dh.before, x: dx)
    let buffers = buffers(step, x: dx, keeps: true)
    switch kind {
    case .gru: minGRUBackward(buffers, gradient, positive: positive)
    case .lstm: minLSTMBackward(buffers, gradient, positive: positive)
    }
  }

  /// There is no matrix that multiplies the state.
  func addRecurrentGradient(
    _ shard: Shard, _ block: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {}

  private func buffers(_ step: CellStep, x: Matrix, keeps: Bool) -> MinimalStep {
    let (shard, time) = (step.shard, step.time)
    return MinimalStep(
      x: x, kept: keeps ? kept.values(shard, time) : nil, before: h.values(shard, step.before),
      output: h.values(shard, time))
  }
}
