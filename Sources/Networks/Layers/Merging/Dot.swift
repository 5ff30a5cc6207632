// Sums of products of two values along one axis of each, row by row of the batch: attention scores, for example.
//
//   axes 2:2   y[i, j] = sum_k a[i, k] b[j, k]        steps of a by steps of b
//   axes 1:1   y[i, j] = sum_k a[k, i] b[k, j]        features of a by features of b
//   axes 2:1   y[i, j] = sum_k a[i, k] b[k, j]        and so on; a vector only has axis 1
//
// With normalize, both are divided by their norm along the axis first, which gives the cosine
// (keras/src/layers/merging/dot.py). The output has no mask.

import Failures
import JSON
import Kernels
import OptionSyntax

/// Keras's Dot.
struct Dot: LayerDefinition {
  static let table = OptionTable(
    name: "dot", defaults: Dot(axes: DotAxes(first: 1, second: 1)), positions: 1, required: 1,
    options: [
      CallOption("axes", \.axes, "the axis to sum over, or one for each value: 2:1"),
      CallOption("normalize", \.normalize, "normalize both along the axis first: cosine similarity"),
    ])
  static let kerasClass = "Dot"
  static let outputHelp = "the remaining axes"
  static let arity = 2...2

  var axes: DotAxes
  var normalize = false

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let (a, b) = try (side(inputs[0], axes.first), side(inputs[1], axes.second))
    guard a.summed == b.summed else {
      throw refusal(inputs, "\(counted(a.summed, "number")) along one axis, \(b.summed) along the other")
    }
    switch (a.other, b.other) {
    case (let steps?, let width?): return [.sequence(steps: steps, width: width)]
    case (let width?, nil), (nil, let width?): return [.vector(width: width)]
    case (nil, nil): return [.vector(width: 1)]
    }
  }

  /// The lengths of the axis that is summed over, and of the other one.
  private func side(_ shape: ValueShape, _ axis: Int) throws -> (summed: Int, other: Int?) {
    let extents = shape.extents
    let index = axis < 0 ? extents.count + axis : axis - 1
    guard !shape.isTokens, extents.indices.contains(index) else {
      throw refusal([shape], "no axis \(axis)")
    }
    return (extents[index], extents.count == 2 ? extents[1 - index] : nil)
  }

  private func refusal(_ inputs: [ValueShape], _ problem: String) -> Failure {
    Failure.usage(
      "layer dot: \(inputs.map(\.description).joined(separator: " and ")) have \(problem)",
      remedy: "axis 1 is a sequence's steps and axis 2 its features; a vector only has axis 1")
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    DotLayer(self, inputs[0].activation, inputs[1].activation, context)
  }

  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "joins time steps" }
  /// Each step of the first value with all of the second.
  func decodes(reads: [Bool], _ shapes: [ValueShape]) -> Bool {
    !reads[1] && shapes[0].steps != nil && [2, -1].contains(axes.first)
  }
}

/// The axes that a dot product sums over.
struct DotAxes: OptionValue {
  var first: Int
  var second: Int

  init(first: Int, second: Int) { (self.first, self.second) = (first, second) }

  init(written value: CallSyntax.Value) throws {
    let numbers = (value.word ?? "").split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(numbers.count), let first = numbers[0], let second = numbers[numbers.count - 1],
      [first, second].allSatisfy({ [-2, -1, 1, 2].contains($0) })
    else { throw InvalidValue(remedy: "an axis, 1 or 2, or two such as axes=2:1") }
    self.init(first: first, second: second)
  }

  var written: String { first == second ? "\(first)" : "\(first):\(second)" }

  init(keras json: JSONValue) throws {
    let numbers = json.int.map { [$0, $0] } ?? json.array?.compactMap(\.int) ?? []
    guard numbers.count == 2 else { throw InvalidValue(remedy: "one axis or two") }
    try self.init(written: .word("\(numbers[0]):\(numbers[1])"))
  }

  var keras: JSONValue {
    first == second ? .integer(Int64(first)) : [.integer(Int64(first)), .integer(Int64(second))]
  }
}

/// A dot product that runs.
final class DotLayer: Layer {
  let outputs: [Activation]
  private let first: DotFactor
  private let second: DotFactor
  /// Whether the output's rows are steps; else it is a vector.
  private let isMatrix: Bool

  init(_ options: Dot, _ a: Activation, _ b: Activation, _ context: LayerContext) {
    first = DotFactor(a, axis: options.axes.first, normalizes: options.normalize, context)
    second = DotFactor(b, axis: options.axes.second, normalizes: options.normalize, context)
    isMatrix = a.isSequence && b.isSequence
    let width = isMatrix ? second.otherCount : a.isSequence ? first.otherCount : second.otherCount
    outputs = [
      Activation(
        context.storage, steps: isMatrix ? first.otherCount : nil, width: width,
        hasGradient: context.isTraining)
    ]
  }

  /// The output of one row as `[axis left of a, axis left of b]`.
  private func result(_ matrix: Matrix, _ row: Int, _ shard: Shard) -> StridedView {
    let view = matrix.steps(ofRow: row, group: shard.rows)
    return !isMatrix && first.source.isSequence ? view.transposed : view
  }

  /// Multiplies the values of each row.
  func forward(_ shard: Shard, _ pass: Pass) {
    first.prepare(shard)
    second.prepare(shard)
    for row in 0..<shard.rows {
      multiply(
        first.values(row, shard), second.values(row, shard).transposed, adds: false,
        into: result(output.values(shard), row, shard))
    }
  }

  /// da = dy b and db = dy^T a of each row.
  func backward(_ shard: Shard, _ pass: Pass) {
    for row in 0..<shard.rows {
      let gradient = result(output.gradients(shard), row, shard)
      first.passBack(row, shard) { multiply(gradient, second.values(row, shard), adds: false, into: $0) }
      second.passBack(row, shard) {
        multiply(gradient.transposed, first.values(row, shard), adds: false, into: $0)
      }
    }
  }
}

/// One of the two values as `[axis left, axis summed over]`.
private final class DotFactor {
  let source: Activation
  /// The length of the axis that is left; 1 for a vector.
  let otherCount: Int
  /// Whether the axis that is summed over is the steps', so that the view is transposed.
  private let isTransposed: Bool
  /// The normalized values, and one over their norms; nil if the values aren't normalized.
  private let normalized: Activation?
  private let inverse: Activation?

  init(_ source: Activation, axis: Int, normalizes: Bool, _ context: LayerContext) {
    self.source = source
    isTransposed = source.isSequence && (axis == 1 || axis == -2)
    otherCount = !source.isSequence ? 1 : isTransposed ? source.width : source.steps
    let steps = source.isSequence ? source.steps : nil
    normalized =
      normalizes
      ? Activation(context.storage, steps: steps, width: source.width, hasGradient: source.hasGradient) : nil
    inverse =
      normalizes
      ? Activation(context.storage, steps: otherCount, width: 1, hasGradient: false) : nil
  }

  /// Normalizes the shard's values, if requested.
  func prepare(_ shard: Shard) {
    guard let normalized, let inverse else { return }
    for row in 0..<shard.rows {
      // At most 10^7, so that nothing is divided by zero (Keras: 1 / epsilon).
      normalize(
        view(source.values(shard), row, shard), limit: 1e7,
        inverse: inverse.values(shard).steps(ofRow: row, group: shard.rows),
        into: view(normalized.values(shard), row, shard))
    }
  }

  func values(_ row: Int, _ shard: Shard) -> StridedView {
    view((normalized ?? source).values(shard), row, shard)
  }

  /// Lets `write` write a row's gradient, and backpropagates it through the normalization.
  func passBack(_ row: Int, _ shard: Shard, _ write: (StridedView) -> Void) {
    guard source.hasGradient else { return }
    guard let normalized, let inverse else { return write(view(source.gradients(shard), row, shard)) }
    let gradient = view(normalized.gradients(shard), row, shard)
    write(gradient)
    normalizeBackward(
      gradient, normalized: view(normalized.values(shard), row, shard),
      inverse: inverse.values(shard).steps(ofRow: row, group: shard.rows),
      into: view(source.gradients(shard), row, shard))
  }

  private func view(_ matrix: Matrix, _ row: Int, _ shard: Shard) -> StridedView {
    let view = matrix.steps(ofRow: row, group: shard.rows)
    return isTransposed ? view.transposed : view
  }
}
