// x_t W + b of a recurrent layer: the part of its pre-activations that doesn't depend on the state, computed
// separately from the loop over time: from values (here), or from token ids (TokenProjection.swift).
//
//   p_t = x_t W + b                     W [F, gates * H], b [gates * H]
//   dW = sum_t x_t^T dp_t    db = sum_t dp_t    dx_t = dp_t W^T

import Kernels

/// The input's contribution to a recurrent layer's pre-activations, and its gradients.
protocol InputProjection: AnyObject {
  /// Packs W.
  func prepare(_ pass: Pass)
  /// Prepares for the shard's steps.
  func beginForward(_ shard: Shard, _ pass: Pass)
  /// p_t of the shard, `[n, gates * G]`.
  func write(_ shard: Shard, _ time: Int, into sums: Matrix)
  /// p_t of the shard at all `times`, `[times * n, gates * G]`.
  func write(_ shard: Shard, _ times: Range<Int>, into sums: Matrix)
  /// Where p_t of the shard already is, if it need not be written.
  func lookUp(_ shard: Shard, _ time: Int) -> ProductRows?
  /// Whether p_t of several steps is computed faster at once than step by step.
  var joinsSteps: Bool { get }
  /// p_t + h U, `[n, gates * G]`.
  func write(_ shard: Shard, _ time: Int, plus h: Matrix, times recurrent: PackedMatrix, into sums: Matrix)
  /// Prepares for the shard's gradients.
  func beginBackward(_ shard: Shard)
  /// The gradients of these steps, which weren't processed, are zero.
  func skip(_ times: Range<Int>, _ shard: Shard)
  /// Processes dL/dp at all `times`, `[times * n, gates * G]`.
  func addGradient(_ gradient: Matrix, _ shard: Shard, _ times: Range<Int>)
}

extension InputProjection {
  func lookUp(_ shard: Shard, _ time: Int) -> ProductRows? { nil }
  func beginForward(_ shard: Shard, _ pass: Pass) {}
  func beginBackward(_ shard: Shard) {}
  func skip(_ times: Range<Int>, _ shard: Shard) {}
}

/// Products with the values of the previous layer: one per step, and for the gradients one per block of steps.
final class ValueProjection: InputProjection {
  private let input: Activation
  private let kernel: Parameter
  private let bias: Parameter?
  private let packed: PackedMatrix
  private let packedTransposed: PackedMatrix
  /// Whether the input's gradient is added to that of another layer.
  private let addsInputGradient: Bool

  init(_ input: Activation, kernel: Parameter, bias: Parameter?, columns: Int, addsInputGradient: Bool) {
    self.input = input
    self.kernel = kernel
    self.bias = bias
    self.addsInputGradient = addsInputGradient
    packed = PackedMatrix(depth: input.width, columns: columns)
    packedTransposed = PackedMatrix(depth: columns, columns: input.width)
  }

  func prepare(_ pass: Pass) {
    packed.pack(kernel.values)
    if pass.hasBackward && input.hasGradient { packedTransposed.pack(transposing: kernel.values) }
  }

  func write(_ shard: Shard, _ time: Int, into sums: Matrix) {
    multiply(
      input.values(shard, time), packed, into: sums, from: bias.map { .row($0.values.rows(0..<1)) } ?? .zero)
  }

  var joinsSteps: Bool { true }

  func write(_ shard: Shard, _ times: Range<Int>, into sums: Matrix) {
    multiply(
      input.values(shard, times), packed, into: sums, from: bias.map { .row($0.values.rows(0..<1)) } ?? .zero)
  }

  func write(_ shard: Shard, _ time: Int, plus h: Matrix, times recurrent: PackedMatrix, into sums: Matrix) {
    multiply(
      Factors(input.values(shard, time), packed), Factors(h, recurrent), into: sums,
      from: bias.map { .row($0.values.rows(0..<1)) } ?? .zero)
  }

  func skip(_ times: Range<Int>, _ shard: Shard) {
    if input.hasGradient, !times.isEmpty, !addsInputGradient { input.gradients(shard, times).clear() }
  }

  func addGradient(_ gradient: Matrix, _ shard: Shard, _ times: Range<Int>) {
    addOuterProduct(input.values(shard, times), gradient, into: kernel.gradient(shard))
    if let bias { addColumnSums(of: gradient, into: bias.gradient(shard).rows(0..<1)) }
    guard input.hasGradient else { return }
    multiply(
      gradient, packedTransposed, into: input.gradients(shard, times),
      from: addsInputGradient ? .result : .zero)
  }
}
