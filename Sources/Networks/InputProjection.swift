// x_t W + b of a recurrent layer: the part of its pre-activations that knows no time, and so is apart from
// the walk through it. Where x comes from decides how it is computed: from values (here), or from token ids
// (TokenProjection.swift).
//
//   p_t = x_t W + b                     W [F, gates * H], b [gates * H]
//   dW = sum_t x_t^T dp_t    db = sum_t dp_t    dx_t = dp_t W^T

import Kernels

/// The input's part of a recurrent layer's pre-activations, and its gradients.
protocol InputProjection: AnyObject {
  /// Packs W.
  func prepare(_ pass: Pass)
  /// What the whole batch shares, part `part` of `parts`; before any shard runs.
  func project(part: Int, of parts: Int, worker: Int, _ pass: Pass)
  /// Makes ready for the shard's steps.
  func beginForward(_ shard: Shard, _ pass: Pass)
  /// p_t of the shard, `[n, gates * G]`.
  func write(_ shard: Shard, _ time: Int, into sums: Matrix)
  /// p_t + h U, `[n, gates * G]`.
  func write(_ shard: Shard, _ time: Int, plus h: Matrix, times recurrent: PackedMatrix, into sums: Matrix)
  /// Makes ready for the shard's gradients.
  func beginBackward(_ shard: Shard)
  /// Takes dL/dp of all `times`, `[times * n, gates * G]`.
  func addGradient(_ gradient: Matrix, _ shard: Shard, _ times: Range<Int>)
  /// Gradients of what the batch shares, part `part` of `parts`; after all shards ran.
  func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan)
}

extension InputProjection {
  /// Nothing to make ready, unless a projection says otherwise.
  func beginForward(_ shard: Shard, _ pass: Pass) {}
}

/// What a recurrent layer reads.
enum RecurrentInput {
  /// The values of the layer before.
  case values(Activation)
  /// The rows of an embedding's table, by token id.
  case tokens(Embedding)

  /// The padding that the rows of token ids share, where they do.
  var prefix: SharedPrefix? {
    switch self {
    case .values(let activation): activation.prefix
    case .tokens(let embedding): embedding.input.prefix
    }
  }

  /// The layer before's output, for its shape.
  var activation: Activation {
    switch self {
    case .values(let activation): activation
    case .tokens(let embedding): embedding.output
    }
  }
}

/// Products with the values of the layer before, step by step, and of a block of steps for the gradients.
final class ValueProjection: InputProjection {
  private let input: Activation
  private let kernel: Parameter
  private let bias: Parameter?
  private let packed: PackedMatrix
  private let packedTransposed: PackedMatrix
  /// Whether the input's gradient is added to what another layer wrote there.
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
    if pass.hasBackward && input.gradients.count > 0 { packedTransposed.pack(transposing: kernel.values) }
  }

  func project(part: Int, of parts: Int, worker: Int, _ pass: Pass) {}

  func write(_ shard: Shard, _ time: Int, into sums: Matrix) {
    multiply(
      input.values(shard, time), packed, into: sums, from: bias.map { .row($0.values.rows(0..<1)) } ?? .zero)
  }

  func write(_ shard: Shard, _ time: Int, plus h: Matrix, times recurrent: PackedMatrix, into sums: Matrix) {
    multiply(
      Factors(input.values(shard, time), packed), Factors(h, recurrent), into: sums,
      from: bias.map { .row($0.values.rows(0..<1)) } ?? .zero)
  }

  func beginBackward(_ shard: Shard) {}

  func addGradient(_ gradient: Matrix, _ shard: Shard, _ times: Range<Int>) {
    addOuterProduct(input.values(shard, times), gradient, into: kernel.gradient(shard))
    if let bias { addColumnSums(of: gradient, into: bias.gradient(shard).rows(0..<1)) }
    guard input.gradients.count > 0 else { return }
    multiply(
      gradient, packedTransposed, into: input.gradients(shard, times),
      from: addsInputGradient ? .result : .zero)
  }

  func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan) {}
}
