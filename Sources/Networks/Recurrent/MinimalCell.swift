// What minGRU and minLSTM have in common: their options and weights, and a step. Their equations are in MinGRU.swift and
// MinLSTM.swift.

import Kernels
import OptionSyntax

/// A layer whose gates depend on the input alone.
protocol MinimalDefinition: RecurrentDefinition {
  static var kind: MinimalCellKind { get }
  /// Whether the candidate is made positive.
  var positive: Bool { get set }
}

extension MinimalDefinition {
  static var isInKeras: Bool { false }
  static var stateNames: [String] { ["h"] }

  static func minimalTable(_ name: String, _ defaults: Self) -> OptionTable<Self> {
    scanTable(
      name, defaults, own: [CallOption("positive", \.positive, "whether the candidate is made positive")])
  }

  func gates(inputWidth: Int) -> Int { Self.kind.gates }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] { scanWeights(inputWidth: inputs[0].width) }

  func makeParts(
    _ input: LayerInput, _ histories: [Activation], addsInputGradient: Bool, _ context: LayerContext
  ) throws -> RecurrentParts {
    let products = try InputProducts(
      input, options, gates: Self.kind.gates, addsInputGradient: addsInputGradient, context)
    let cell = MinimalCell(
      Self.kind, options, positive: positive, products, input, h: histories[0], context)
    return RecurrentParts(products: products, cell: cell)
  }
}

/// A step of minGRU or minLSTM.
final class MinimalCell: RecurrentCell {
  private let kind: MinimalCellKind
  private let positive: Bool
  private let products: InputProducts
  private let blocks: ProjectedBlocks
  private let h: Activation
  /// The candidate and the gates of every step.
  private let kept: Activation

  init(
    _ kind: MinimalCellKind, _ options: RecurrentOptions, positive: Bool, _ products: InputProducts,
    _ input: LayerInput,
    h: Activation, _ context: LayerContext
  ) {
    (self.kind, self.positive, self.products, self.h) = (kind, positive, products, h)
    blocks = ProjectedBlocks(products.projection, input, width: kind.gates * options.gateWidth, context)
    kept = Activation(
      context.storage, steps: h.steps, width: minimalKeptWidth(options.units, kind),
      hasGradient: false, hasValues: context.isTraining)
  }

  var blockRows: Int { blocks.rows }
  var storedGates: [StoredGate] { StoredGate.vectors(["g", "z"], of: kind.gates, in: kept) }
  var memoryRule: MemoryRule? { MemoryRule(add: "z") }

  func beginForward(_ shard: Shard) { blocks.begin(shard) }

  func forward(_ step: CellStep, _ scratch: RecurrentScratch) {
    minimalForward(
      buffers(step, x: blocks.values(step), keeps: products.keepsSteps), kind, positive: positive)
  }

  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    let dh = scratch.gradient(of: 0, step.shard)
    let dx = scratch.inputGradients(slot..<slot + 1, step.shard)
    let gradient = MinimalStepGradient(output: dh.after, before: dh.before, x: dx)
    minimalBackward(buffers(step, x: ProductRows(dx), keeps: true), gradient, kind, positive: positive)
  }

  /// There is no matrix that multiplies the state.
  func addRecurrentGradient(
    _ shard: Shard, _ block: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {}

  private func buffers(_ step: CellStep, x: ProductRows, keeps: Bool) -> MinimalStep {
    let (shard, time) = (step.shard, step.time)
    return MinimalStep(
      x: x, kept: keeps ? kept.values(shard, time) : nil, before: h.values(shard, step.before),
      output: h.values(shard, time))
  }
}
