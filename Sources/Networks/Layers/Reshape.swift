// A row's numbers in another shape, in the same order: steps of another width, or a vector.
//
//   y and x are equal as lists of numbers, steps before features; so are dx and dy

import Failures
import JSON
import Kernels
import OptionSyntax

/// Keras's Reshape, to a sequence or a vector.
struct Reshape: LayerDefinition {
  static let table = OptionTable(
    name: "reshape", defaults: Reshape(first: 0), positions: 2, required: 1,
    options: [
      CallOption(
        "steps", \.first, "number of steps, or a vector's width; -1: as many as fit", check: Reshape.check),
      CallOption("features", \.features, "width of a step; -1: as many as fit", check: Reshape.check),
    ])
  static let kerasClass = "Reshape"
  static let outputHelp = "(steps, features), or (steps)"

  /// The number of steps; without `features`, the width of a vector.
  var first: Int
  /// The width of a step; nil for a vector.
  var features: Int?

  private static func check(_ size: Int?) throws {
    guard let size else { return }
    guard size == -1 || 1...1 << 24 ~= size else {
      throw InvalidValue(remedy: "a whole number from 1 to \(1 << 24), or -1")
    }
  }

  private var sizes: [Int] { [first] + (features.map { [$0] } ?? []) }

  func checked() throws -> Reshape {
    guard sizes != [-1, -1] else {
      throw Failure.usage("layer \(Self.name): both sizes are -1", remedy: "give one of them")
    }
    return self
  }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let count = (inputs[0].steps ?? 1) * inputs[0].width
    let given = sizes.filter { $0 != -1 }.reduce(1, *)
    let fits = sizes.contains(-1) ? count % given == 0 : count == given
    guard fits else {
      let target = sizes.map(String.init).joined(separator: " x ")
      throw Failure.usage(
        "layer \(Self.name): a row of \(count) numbers can't become \(target)",
        remedy: "the sizes must multiply to \(count); one of them may be -1")
    }
    let found = sizes.map { $0 == -1 ? count / given : $0 }
    return [found.count == 1 ? .vector(width: found[0]) : .sequence(steps: found[0], width: found[1])]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    let input = inputs[0].activation
    let shape: ValueShape =
      input.isSequence
      ? .sequence(steps: input.steps, width: input.width) : .vector(width: input.width)
    return ReshapeLayer(try outputs([shape])[0], input: input, context)
  }

  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "changes the number of steps" }
}

// MARK: - Keras's JSON

extension Reshape {
  init(keras config: [String: JSONValue], _ location: KerasLocation) throws {
    guard let shape = config["target_shape"] else { throw location.refuse("'target_shape' is missing") }
    guard let sizes = shape.array?.compactMap(\.int), sizes.count == shape.array?.count,
      1...2 ~= sizes.count
    else {
      throw location.refuse("'target_shape' is \(shape.text)", "one size, or two: steps and features")
    }
    do {
      for size in sizes { try Self.check(size) }
    } catch let invalid as InvalidValue {
      throw location.refuse("'target_shape' is \(shape.text)", invalid.remedy)
    }
    try location.checkOthers(config, known: ["target_shape"])
    self = try Reshape(first: sizes[0], features: sizes.count == 2 ? sizes[1] : nil).checked()
  }

  func keras(_ names: LayerNames) -> [String: JSONValue] {
    ["target_shape": .array(sizes.map { .integer(Int64($0)) })]
  }
}

// MARK: - The running layer

/// A reshaping layer that runs.
final class ReshapeLayer: Layer {
  let outputs: [Activation]
  private let input: Activation

  init(_ shape: ValueShape, input: Activation, _ context: LayerContext) {
    self.input = input
    outputs = [
      Activation(
        context.storage, steps: shape.steps, width: shape.width, hasGradient: context.isTraining)
    ]
  }

  /// Copies the shard's numbers.
  func forward(_ shard: Shard, _ pass: Pass) {
    forEachRun { from, to, count in
      copyColumns(
        of: input.values(shard, from.step), from: from.column, count, into: output.values(shard, to.step),
        at: to.column)
    }
  }

  /// Copies the gradients back.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    forEachRun { from, to, count in
      copyColumns(
        of: output.gradients(shard, to.step), from: to.column, count, into: input.gradients(shard, from.step),
        at: from.column)
    }
  }

  private typealias Place = (step: Int, column: Int)

  /// Calls `body` with the input and output positions of each run of numbers that lies within one step of both.
  private func forEachRun(_ body: (_ from: Place, _ to: Place, _ count: Int) -> Void) {
    let (old, new) = (input.width, output.width)
    var index = 0
    while index < input.steps * old {
      let count = min(old - index % old, new - index % new)
      body((index / old, index % old), (index / new, index % new), count)
      index += count
    }
  }
}
