// What the elementwise merging layers have in common: values of equal shapes, or of shapes that can be
// broadcast, become one value of the largest shape.
//
// Shapes are broadcast as in Keras (keras/src/layers/merging/base_merge.py): a vector to every step of a sequence,
// one number to any width. The output has a mask if all values have one: a step counts if it counts in any of them.

import Failures
import Kernels

/// An elementwise merging layer.
protocol ElementwiseMerge: LayerDefinition {
  /// The operation without options.
  init()
  /// Computes the output of the shard from all values.
  func forward(_ values: MergedValues, _ shard: Shard)
  /// Writes the gradients of all values from that of the output.
  func backward(_ values: MergedValues, _ shard: Shard)
  /// Whether it needs to record, for each number of the output, which value it came from.
  static var notesWinners: Bool { get }
}

extension ElementwiseMerge {
  static var outputHelp: String { "the inputs, broadcast to one shape" }
  static var arity: ClosedRange<Int> { 1...Int.max }
  static var notesWinners: Bool { false }
  var maskRule: MaskRule { .union }

  static func optionless(_ name: String) -> OptionTable<Self> {
    OptionTable(name: name, defaults: Self(), options: [])
  }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    [try inputs.dropFirst().reduce(inputs[0]) { try stretched($0, $1) }]
  }

  /// The shape that both can be broadcast to.
  private func stretched(_ a: ValueShape, _ b: ValueShape) throws -> ValueShape {
    let steps = [a.steps, b.steps].compactMap { $0 }
    let widths = Set([a.width, b.width].filter { $0 != 1 })
    guard !a.isTokens, !b.isTokens, Set(steps).count < 2, widths.count < 2 else {
      throw Failure.usage(
        "layer \(Self.name): it can't join \(a) with \(b)", remedy: "give it values of the same shape")
    }
    let width = widths.first ?? 1
    return steps.first.map { .sequence(steps: $0, width: width) } ?? .vector(width: width)
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    MergeLayer(self, MergedValues(inputs.map(\.activation), notesWinners: Self.notesWinners, context))
  }
}

/// A merging layer that runs.
final class MergeLayer: Layer {
  let outputs: [Activation]
  private let operation: any ElementwiseMerge
  private let values: MergedValues

  init(_ operation: any ElementwiseMerge, _ values: MergedValues) {
    (self.operation, self.values) = (operation, values)
    outputs = [values.output]
  }

  func forward(_ shard: Shard, _ pass: Pass) {
    values.load(shard)
    operation.forward(values, shard)
  }

  func backward(_ shard: Shard, _ pass: Pass) {
    operation.backward(values, shard)
    values.passBack(shard)
  }
}

/// The values of a merging layer, all in the shape of its output.
final class MergedValues {
  let output: Activation
  /// For each number of the output, which value it came from; empty if not requested.
  let winners: Activation
  private let inputs: [StretchedValue]
  /// The output's mask, if each value has one.
  private let mask: Mask?
  /// A scratch mask.
  private let scratchMask: Mask?

  init(_ inputs: [Activation], notesWinners: Bool, _ context: LayerContext) {
    let sequence = inputs.first(where: \.isSequence)
    let width = inputs.map(\.width).max() ?? 1
    output = Activation(
      context.storage, steps: sequence?.steps, width: width, hasGradient: context.isTraining)
    winners = Activation(
      context.storage, steps: sequence?.steps, width: width, hasGradient: false, hasValues: notesWinners)
    self.inputs = inputs.map { StretchedValue($0, steps: sequence?.steps, width: width, context) }
    mask =
      sequence.flatMap { sequence in
        inputs.allSatisfy { $0.mask != nil } ? Mask(rows: context.rows, steps: sequence.steps) : nil
      }
    scratchMask = notesWinners ? sequence.map { Mask(rows: context.rows, steps: $0.steps) } : nil
    output.mask = mask
  }

  /// How many there are.
  var count: Int { inputs.count }
  /// Value `number` of the shard's rows and steps.
  func value(_ number: Int, _ shard: Shard) -> Matrix { inputs[number].shaped.values(shard) }
  /// The memory for the gradient of value `number`; nil if none is needed.
  func gradient(_ number: Int, _ shard: Shard) -> Matrix? {
    inputs[number].shaped.hasGradient ? inputs[number].shaped.gradients(shard) : nil
  }
  /// Which rows and steps of value `number` count; nil if all do.
  func mask(_ number: Int, _ shard: Shard) -> RowMask? { inputs[number].mask?.rows(shard) }
  /// Which rows and steps of the output count; nil if not all values have masks.
  func outputMask(_ shard: Shard) -> RowMask? { mask?.rows(shard) }

  /// A scratch mask of the shard, for an operation that records winners.
  func scratchMask(_ shard: Shard) -> RowMask? { scratchMask?.rows(shard) }

  /// Broadcasts the values, and joins their masks.
  func load(_ shard: Shard) {
    for input in inputs { input.stretch(shard) }
    mask?.make(shard) { step, rows in
      rows.fill(false)
      for input in inputs { if let own = input.mask { rows.add(own.rows(shard, step)) } }
    }
  }

  /// Passes gradients of broadcast values to the values themselves.
  func passBack(_ shard: Shard) { for input in inputs { input.passBack(shard) } }
}

/// A value in the shape of a merging layer's output.
private final class StretchedValue {
  /// The value, or separate memory if its shape differs.
  let shaped: Activation
  var mask: Mask? { source.mask }
  private let source: Activation

  init(_ source: Activation, steps: Int?, width: Int, _ context: LayerContext) {
    self.source = source
    let isShaped = source.width == width && source.isSequence == (steps != nil)
    shaped =
      isShaped
      ? source
      : Activation(context.storage, steps: steps, width: width, hasGradient: source.hasGradient)
  }

  func stretch(_ shard: Shard) {
    guard shaped !== source else { return }
    for step in shaped.allSteps {
      let values = source.values(shard, source.isSequence ? step : 0)
      let result = shaped.values(shard, step)
      if source.width == shaped.width { result.copy(values) } else { spreadColumn(values, into: result) }
    }
  }

  func passBack(_ shard: Shard) {
    guard shaped !== source, source.hasGradient else { return }
    // Sums over columns, then over steps, in the gradient's own memory.
    if source.width != shaped.width { sumColumns(shaped.gradients(shard), into: shaped.gradients(shard)) }
    if !source.isSequence {
      for step in shaped.allSteps.dropFirst().reversed() {
        add(shaped.gradients(shard, step), into: shaped.gradients(shard, step - 1))
      }
    }
    for step in source.allSteps {
      let (from, to) = (shaped.gradients(shard, step), source.gradients(shard, step))
      if source.width == shaped.width { to.copy(from) } else { copyColumns(of: from, from: 0, into: to) }
    }
  }
}
