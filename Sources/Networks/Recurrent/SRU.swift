// The simple recurrent unit (Lei et al. 2018, Simple Recurrent Units for Highly Parallelizable Recurrence): gates that
// read the state only number by number, and a highway around the recurrence.
//
//   x = x_t W                         W [F, 3H], or [F, 4H] with a projected highway; in the order u f r y
//   f = s(x_f + v_f c_{t-1} + b_f)    how much of the memory to keep       v, b [2H], f before r
//   r = s(x_r + v_r c_{t-1} + b_r)    how much of the memory to output
//   c_t = f c_{t-1} + (1 - f) u       the memory
//   h_t = r a(c_t) + (1 - r) y        the output; a is the identity unless set
//
// The highway y is x_t itself if the input is as wide as the layer, else the fourth part of the product; with
// highway=false it is 0. The output is no state: only c is carried.
//
// Backward, with dh = dL/dh_t, dc from step t+1:
//
//   dx_r = dh (a(c_t) - y) r (1 - r)     dc += dh r a'(c_t)      dy = dh (1 - r)
//   dx_f = dc (c_{t-1} - u) f (1 - f)    du = dc (1 - f)
//   dc_{t-1} = dc f + dx_f v_f + dx_r v_r
//   dW = sum_t x_t^T dx     db = sum_t dx     dv = sum_t dx c_{t-1}, of f and r
//
// Numbers agree with the package `sru`, whose W interleaves the parts, unit by unit. As there, dropout on the input
// applies to the product and not to the highway. All products with the input come first, for many steps at a time
// (ProjectedBlocks.swift); what remains of a step is elementwise (Kernels/SRUKernels.swift).

import Kernels

/// SRU.
struct SRU: RecurrentDefinition {
  static let table = scanTable(
    "sru", SRU(), positions: 2,
    own: [
      CallOption("activation", \.options.activation, "function of the memory in the output"),
      CallOption("highway", \.highway, "whether the input bypasses the recurrence"),
      CallOption("vector_initializer", \.vectorInitializer, "initial v"),
    ])
  static let kerasClass = "SRU"
  static let isInKeras = false
  static let stateNames = ["c"]
  static let outputIsState = false

  var options: RecurrentOptions = {
    var options = RecurrentOptions(units: 0)
    options.activation = .linear
    options.kernelInitializer = .scaled(.lecun, .uniform)
    return options
  }()
  /// Whether the input bypasses the recurrence.
  var highway = true
  /// The initializer of v; the default has the variance 1/2, as in the package `sru`.
  var vectorInitializer = Initializer.uniform(low: -1.2247449, high: 1.2247449)

  func gates(inputWidth: Int) -> Int { highway && inputWidth != options.units ? 4 : 3 }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let pair = [2 * options.units]
    let kernel = kernelSpec(inputWidth: inputs[0].width, gates: gates(inputWidth: inputs[0].width))
    let bias = cellWeight("bias", pair, gates: 2, options.biasInitializer, options.biasRegularizer)
    return [kernel] + (options.useBias ? [bias] : []) + [
      cellWeight("vector", pair, gates: 2, vectorInitializer)
    ]
  }

  /// If the highway is the input itself, its numbers are needed, not only the products.
  func readsByProducts(inputWidth: Int, isTraining: Bool) -> Bool {
    !(highway && inputWidth == options.units) && !(isTraining && options.dropout > 0)
  }

  func makeParts(
    _ input: LayerInput, _ histories: [Activation], addsInputGradient: Bool, _ context: LayerContext
  ) throws -> RecurrentParts {
    let products = try InputProducts(
      input, options, gates: gates(inputWidth: input.activation.width), addsInputGradient: addsInputGradient,
      addsBias: false, context)
    let cell = try SRUCell(self, products, input, h: histories[0], c: histories[1], context)
    return RecurrentParts(products: products, cell: cell)
  }
}

/// A step of the SRU.
final class SRUCell: RecurrentCell {
  private let options: RecurrentOptions
  private let products: InputProducts
  private let vector: Parameter
  private let blocks: ProjectedBlocks
  /// The input, if it is the highway.
  private let highway: Activation?
  private let isProjected: Bool
  private let h: Activation
  private let c: Activation
  /// The gates of every step.
  private let kept: Activation

  init(
    _ definition: SRU, _ products: InputProducts, _ input: LayerInput, h: Activation, c: Activation,
    _ context: LayerContext
  ) throws {
    (options, self.products, self.h, self.c) = (definition.options, products, h, c)
    vector = try context.weight("vector")
    let gates = definition.gates(inputWidth: input.activation.width)
    isProjected = gates == 4
    highway = definition.highway && !isProjected ? input.activation : nil
    blocks = ProjectedBlocks(products.projection, input, width: gates * options.gateWidth, context)
    kept = Activation(
      context.storage, steps: h.steps, width: sruKeptWidth(options.units), hasGradient: false,
      hasValues: context.isTraining)
  }

  var blockRows: Int { blocks.rows }
  var storedGates: [StoredGate] { StoredGate.vectors(["f", "r"], of: 2, in: kept) }
  var memoryRule: MemoryRule? { MemoryRule(keep: "f") }

  func beginForward(_ shard: Shard) { blocks.begin(shard) }

  func forward(_ step: CellStep, _ scratch: RecurrentScratch) {
    sruForward(
      buffers(step, x: blocks.values(step), keeps: products.keepsSteps), vectors, options.activation)
  }

  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    scratch.sharesGradients = false
    let shard = step.shard
    let (dh, dc) = (scratch.gradient(of: 0, shard), scratch.gradient(of: 1, shard))
    let dx = scratch.inputGradients(slot..<slot + 1, shard)
    let gradient = SRUStepGradient(
      output: dh.after, cell: dc.after, cellBefore: dc.before, x: dx,
      highway: highway == nil ? nil : scratch.recurrentGradients(slot..<slot + 1, shard))
    sruBackward(buffers(step, x: ProductRows(dx), keeps: true), gradient, vectors, options.activation)
    dh.before.clear()
  }

  func addRecurrentGradient(
    _ shard: Shard, _ block: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    let (dx, before) = (scratch.inputGradients(slots, shard), c.values(shard, block.before))
    let (units, gate) = (options.units, options.gateWidth)
    for number in 0..<2 {
      let (from, column) = ((1 + number) * gate, number * gate)
      addGateSums(of: dx, from: from, times: before, units: units, into: vector.gradient(shard), at: column)
      if let bias = products.bias {
        addGateSums(of: dx, from: from, units: units, into: bias.gradient(shard), at: column)
      }
    }
    guard let highway, highway.hasGradient else { return }
    addColumns(
      of: scratch.recurrentGradients(slots, shard), from: 0, units,
      into: highway.gradients(shard, block.times), at: 0)
  }

  private var vectors: SRUVectors { SRUVectors(state: vector.values, bias: products.bias?.values) }

  private func buffers(_ step: CellStep, x: ProductRows, keeps: Bool) -> SRUStep {
    let (shard, time) = (step.shard, step.time)
    return SRUStep(
      x: x, kept: keeps ? kept.values(shard, time) : nil,
      highway: isProjected ? .projected : highway.map { .input($0.values(shard, time)) } ?? .none,
      before: c.values(shard, step.before), cell: c.values(shard, time), output: h.values(shard, time))
  }
}
