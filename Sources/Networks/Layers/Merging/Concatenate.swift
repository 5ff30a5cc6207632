// Concatenation of features, or of sequences in time.
//
//   axis -1: y_t = [x_1t x_2t ...]        axis 1: y = [x_1; x_2; ...]
//
// Masks are joined like the values if any value has one; a value without one is unmasked everywhere
// (keras/src/layers/merging/concatenate.py).

import Failures
import Kernels
import OptionSyntax

/// Keras's Concatenate.
struct Concatenate: LayerDefinition {
  static let table = OptionTable(
    name: "concatenate", defaults: Concatenate(axis: -1), positions: 1,
    options: [
      CallOption("axis", \.axis, "-1 joins features, 1 joins time steps") { axis in
        guard [-2, -1, 1, 2].contains(axis) else {
          throw InvalidValue(remedy: "-1 for features, 1 for time steps")
        }
      }
    ])
  static let kerasClass = "Concatenate"
  static let outputHelp = "the inputs, joined along the axis"
  static let arity = 1...Int.max

  var axis: Int

  /// Whether values of that rank are joined in time.
  func joinsSteps(_ isSequence: Bool) -> Bool { isSequence && (axis == 1 || axis == -2) }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let steps = inputs.map(\.steps)
    guard !inputs.contains(where: \.isTokens), Set(steps.map { $0 == nil }).count == 1,
      steps[0] != nil || axis == -1 || axis == 1
    else { throw refusal(inputs) }
    guard let first = steps[0] else { return [.vector(width: inputs.reduce(0) { $0 + $1.width })] }
    if joinsSteps(true) {
      guard Set(inputs.map(\.width)).count == 1 else { throw refusal(inputs) }
      return [.sequence(steps: steps.reduce(0) { $0 + ($1 ?? 0) }, width: inputs[0].width)]
    }
    guard Set(steps).count == 1 else { throw refusal(inputs) }
    return [.sequence(steps: first, width: inputs.reduce(0) { $0 + $1.width })]
  }

  private func refusal(_ inputs: [ValueShape]) -> Failure {
    Failure.usage(
      "layer concatenate: it can't join \(inputs.map(\.description).joined(separator: " with "))",
      remedy: "the values need the same number of steps; with axis=1, the same number of features")
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    let values = inputs.map(\.activation)
    return ConcatenateLayer(values, joinsSteps: joinsSteps(values[0].isSequence), context)
  }

  var maskRule: MaskRule { .joined }
  var streamingObstacle: String? { axis == 1 || axis == -2 ? "joins time steps" : nil }
}

/// A concatenation that runs.
final class ConcatenateLayer: Layer {
  let outputs: [Activation]
  private let inputs: [Activation]
  private let joinsSteps: Bool
  private let mask: Mask?

  init(_ inputs: [Activation], joinsSteps: Bool, _ context: LayerContext) {
    (self.inputs, self.joinsSteps) = (inputs, joinsSteps)
    let isSequence = inputs[0].isSequence
    let steps = joinsSteps ? inputs.reduce(0) { $0 + $1.steps } : inputs[0].steps
    let output = Activation(
      context.storage, steps: isSequence ? steps : nil,
      width: joinsSteps ? inputs[0].width : inputs.reduce(0) { $0 + $1.width },
      hasGradient: context.isTraining)
    mask = inputs.contains { $0.mask != nil } ? Mask(rows: context.rows, steps: steps) : nil
    output.mask = mask
    outputs = [output]
  }

  /// Copies the values to their positions.
  func forward(_ shard: Shard, _ pass: Pass) {
    forEachInput { input, start in
      if joinsSteps {
        for step in input.allSteps {
          output.values(shard, start + step).copy(input.values(shard, step))
        }
      } else {
        copyColumns(of: input.values(shard), into: output.values(shard), at: start)
      }
    }
    mask?.make(shard) { step, rows in join(step, shard, into: rows) }
  }

  /// The mask of one step of the output.
  private func join(_ step: Int, _ shard: Shard, into rows: RowMask) {
    rows.fill(false)
    forEachInput { input, start in
      let own = joinsSteps ? step - start : step
      guard input.allSteps.contains(own) else { return }
      if let mask = input.mask { rows.add(mask.rows(shard, own)) } else { rows.fill(true) }
    }
  }

  /// Copies the gradients back from their positions.
  func backward(_ shard: Shard, _ pass: Pass) {
    forEachInput { input, start in
      guard input.hasGradient else { return }
      if joinsSteps {
        for step in input.allSteps {
          input.gradients(shard, step).copy(output.gradients(shard, start + step))
        }
      } else {
        copyColumns(of: output.gradients(shard), from: start, into: input.gradients(shard))
      }
    }
  }

  /// Calls `body` with each value and its first column or step in the output.
  private func forEachInput(_ body: (Activation, Int) -> Void) {
    var start = 0
    for input in inputs {
      body(input, start)
      start += joinsSteps ? input.steps : input.width
    }
  }
}
