// A sequence without its first and last steps.
//
//   y_t = x_{t + start}      dx_{t + start} = dy_t, and zero at the steps that are cut off

import Failures
import JSON
import Kernels
import OptionSyntax

/// Keras's Cropping1D.
struct Cropping1D: LayerDefinition {
  static let table = OptionTable(
    name: "cropping1d", defaults: Cropping1D(cropping: CroppedSteps(start: 1, end: 1)), positions: 1,
    options: [
      CallOption("cropping", \.cropping, "steps to cut off at each end, or at the start and the end: 96:24")
    ])
  static let kerasClass = "Cropping1D"
  static let outputHelp = "(remaining steps, features)"

  var cropping: CroppedSteps

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let (steps, width) = try sequence(inputs[0])
    let left = steps - cropping.start - cropping.end
    guard left > 0 else {
      throw Failure.usage(
        "layer cropping1d: no step is left of \(steps) without \(cropping.start) at the start and \(cropping.end) at "
          + "the end", remedy: "cut off fewer steps")
    }
    return [.sequence(steps: left, width: width)]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    CroppingLayer(cropping, input: inputs[0].activation, context)
  }

  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "cuts off steps" }
}

/// How many steps are cut off.
struct CroppedSteps: OptionValue {
  let start: Int
  let end: Int

  init(start: Int, end: Int) { (self.start, self.end) = (start, end) }

  private static let most = 1 << 24

  init(written value: CallSyntax.Value) throws {
    let numbers = (value.word ?? "").split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(numbers.count), let start = numbers[0], let end = numbers[numbers.count - 1],
      [start, end].allSatisfy({ 0...Self.most ~= $0 })
    else { throw InvalidValue(remedy: "a number of steps, or those at the start and the end: 96:24") }
    self.init(start: start, end: end)
  }

  var written: String { start == end ? "\(start)" : "\(start):\(end)" }

  init(keras json: JSONValue) throws {
    let numbers = json.int.map { [$0, $0] } ?? json.array?.compactMap(\.int) ?? []
    guard numbers.count == 2 else { throw InvalidValue(remedy: "one number of steps or two") }
    try self.init(written: .word("\(numbers[0]):\(numbers[1])"))
  }

  var keras: JSONValue { [.integer(Int64(start)), .integer(Int64(end))] }
}

/// A cropping layer that runs.
final class CroppingLayer: Layer {
  let outputs: [Activation]
  private let input: Activation
  /// The steps that remain.
  private let kept: Range<Int>

  init(_ cropping: CroppedSteps, input: Activation, _ context: LayerContext) {
    self.input = input
    kept = cropping.start..<input.steps - cropping.end
    outputs = [
      Activation(context.storage, steps: kept.count, width: input.width, hasGradient: context.isTraining)
    ]
  }

  /// Copies the steps that remain.
  func forward(_ shard: Shard, _ pass: Pass) {
    copyColumns(of: input.values(shard, kept), into: output.values(shard), at: 0)
  }

  /// Copies their gradients.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    input.gradients(shard, 0..<kept.lowerBound).clear()
    copyColumns(of: output.gradients(shard), into: input.gradients(shard, kept), at: 0)
    input.gradients(shard, kept.upperBound..<input.steps).clear()
  }
}
