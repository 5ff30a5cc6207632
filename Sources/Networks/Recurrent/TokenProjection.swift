// x_t W + b for token ids, exactly, with less work: x_t is the row E[id_t] of an embedding table, so a token's
// projection is the same at all of its positions. It is computed once for each distinct token of the batch and looked
// up; in the backward pass, the gradients of all positions of a token are summed first, and the products are computed
// once for each token:
//
//   P[v] = E[v] W + b              p_t = P[id_t]
//   dP[v] = sum of dp_t over all positions t where id_t = v
//   dW = sum_v E[v]^T dP[v]        db = sum_v dP[v]        dE[v] = dP[v] W^T
//
// In prediction, where weights don't change, P is computed once for the whole vocabulary if a batch has at least as
// many positions. (Devlin et al. 2014 precompute the first layer of a feed-forward network in this way.)

import Kernels

/// Products with the rows of an embedding's table, once for each distinct token of a batch.
final class TokenProjection: InputProjection, SharedBatchWork {
  private let embedding: EmbeddingLayer
  private let kernel: Parameter
  private let bias: Parameter?
  private let packed: PackedMatrix
  private let packedTransposed: PackedMatrix
  /// P, a row for each distinct token.
  private let projections: FloatBuffer
  /// The gradients of P; nil in prediction.
  private let gradients: TokenGradients?
  private let scratch: [TokenScratch]
  private let columns: Int
  /// All token ids, if P is computed for the whole vocabulary.
  private let whole: TokenIndex?
  private var isWhole = false
  private let walksBack: Bool

  /// - Parameter walksBack: whether the steps are processed from last to first.
  init(
    _ embedding: EmbeddingLayer, kernel: Parameter, bias: Parameter?, columns: Int, walksBack: Bool,
    _ context: LayerContext
  ) {
    self.walksBack = walksBack
    self.embedding = embedding
    self.kernel = kernel
    self.bias = bias
    self.columns = columns
    let (vocabulary, width, steps) = (embedding.vocabulary, embedding.output.width, embedding.input.steps)
    let capacity = min(vocabulary, context.rows * steps)
    packed = PackedMatrix(depth: width, columns: columns)
    packedTransposed = PackedMatrix(depth: columns, columns: width)
    projections = FloatBuffer(capacity * paddedWidth(columns))
    whole = capacity == vocabulary ? TokenIndex(vocabulary: vocabulary, capacity: vocabulary) : nil
    whole?.buildWhole()
    gradients =
      context.isTraining
      ? TokenGradients(of: context, vocabulary: vocabulary, steps: steps, width: columns) : nil
    scratch = (0..<context.workers).map { _ in TokenScratch(width: width, columns: columns) }
    context.network.share(self, wave: embedding.wave)
  }

  func prepare(_ pass: Pass) {
    packed.pack(kernel.values)
    isWhole = false
    if pass.hasBackward {
      packedTransposed.pack(transposing: kernel.values)
    } else if let whole {
      fill(0..<whole.distinct, of: whole, scratch[0])
      isWhole = true
    }
  }

  /// The embedding lists the tokens.
  func begin(_ plan: ShardPlan, _ pass: Pass) {}

  /// Computes a part of P, before the shards run.
  func project(part: Int, of parts: Int, worker: Int, _ pass: Pass) {
    guard !isWhole else { return }
    fill(embedding.share(part, of: parts, embedding.index), of: embedding.index, scratch[worker])
  }

  /// Computes P for some tokens.
  private func fill(_ tokens: Range<Int>, of index: TokenIndex, _ scratch: TokenScratch) {
    embedding.forEachBlock(of: tokens) { range in
      let x = scratch.x(range.count)
      gatherRows(embedding.table.values, of: index, range, into: x)
      multiply(x, packed, into: all.rows(range), from: bias.map { .row($0.values.rows(0..<1)) } ?? .zero)
    }
  }

  private var all: Matrix {
    let stride = paddedWidth(columns)
    return projections.matrix(rows: projections.count / stride, columns: columns, stride: stride)
  }

  func write(_ shard: Shard, _ time: Int, into sums: Matrix) {
    gatherRows(all, by: current, ids: ids, from: embedding.input.offset(shard, time), into: sums)
    prefetch(shard, time)
  }

  func lookUp(_ shard: Shard, _ time: Int) -> ProductRows? {
    prefetch(shard, time)
    return ProductRows(
      all, by: current, ids: ids, at: embedding.input.offset(shard, time), rows: shard.active)
  }

  var joinsSteps: Bool { false }

  func write(_ shard: Shard, _ times: Range<Int>, into sums: Matrix) {
    for time in times {
      let first = (time - times.lowerBound) * shard.rows
      write(shard, time, into: sums.rows(first..<first + shard.rows))
    }
  }

  func write(_ shard: Shard, _ time: Int, plus h: Matrix, times recurrent: PackedMatrix, into sums: Matrix) {
    multiply(
      h, recurrent, into: sums, fromRows: all, by: current, ids: ids,
      at: embedding.input.offset(shard, time))
    prefetch(shard, time)
  }

  /// Prefetches the rows of the next step to be processed.
  private func prefetch(_ shard: Shard, _ time: Int) {
    let next = walksBack ? time - 1 : time + 1
    guard next >= 0, next < embedding.input.steps else { return }
    let start = embedding.input.offset(shard, next)
    prefetchRows(all, by: current, ids: ids, start..<start + shard.active)
  }

  private var ids: IndexBuffer { embedding.input.ids }
  /// The numbering of the rows of P.
  private var current: TokenIndex { isWhole ? whole ?? embedding.index : embedding.index }

  func beginBackward(_ shard: Shard) { gradients?[shard].clear() }

  func addGradient(_ gradient: Matrix, _ shard: Shard, _ times: Range<Int>) {
    guard let sums = gradients?[shard] else { return }
    let (input, ids) = (embedding.input, ids)
    for time in times.reversed() {
      let first = (time - times.lowerBound) * shard.rows
      sums.add(gradient.rows(first..<first + shard.active), ids: ids, from: input.offset(shard, time))
    }
  }

  func collect(_ group: ShardGroup, parts: Int, _ plan: ShardPlan) {
    gradients?.exchange(group, parts: parts, shards: plan.count, of: embedding.index) {
      embedding.share($0, of: parts, embedding.index)
    }
  }

  /// Adds part of P's gradients to those of W, b and E.
  func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan) {
    let index = embedding.index
    let partial = plan.shard(part, worker: worker)
    embedding.forEachBlock(of: embedding.share(part, of: parts, index)) { range in
      let (x, dp, dx) = (
        scratch[worker].x(range.count), scratch[worker].dp(range.count), scratch[worker].dx(range.count)
      )
      gradients?.write(range, of: index, shards: plan.count, into: dp)
      gatherRows(embedding.table.values, of: index, range, into: x)
      addOuterProduct(x, dp, into: kernel.gradient(partial))
      if let bias { addColumnSums(of: dp, into: bias.gradient(partial).rows(0..<1)) }
      multiply(dp, packedTransposed, into: dx)
      scatterRows(dx, of: index, range, into: embedding.table.gradient, adds: true)
    }
  }
}

/// A thread's memory for processing several tokens at a time.
private final class TokenScratch {
  private let values: FloatBuffer
  private let gradients: FloatBuffer
  private let projected: FloatBuffer
  private let width: Int
  private let columns: Int

  init(width: Int, columns: Int) {
    self.width = width
    self.columns = columns
    values = FloatBuffer(tokensAtOnce * paddedWidth(width))
    gradients = FloatBuffer(tokensAtOnce * paddedWidth(width))
    projected = FloatBuffer(tokensAtOnce * paddedWidth(columns))
  }

  /// The rows of E, `[n, F]`.
  func x(_ rows: Int) -> Matrix { matrix(values, rows, width) }
  /// Their gradients.
  func dx(_ rows: Int) -> Matrix { matrix(gradients, rows, width) }
  /// Gradients of P, `[n, gates * G]`.
  func dp(_ rows: Int) -> Matrix { matrix(projected, rows, columns) }

  private func matrix(_ buffer: FloatBuffer, _ rows: Int, _ width: Int) -> Matrix {
    buffer.matrix(rows: rows, columns: width, stride: paddedWidth(width))
  }
}
