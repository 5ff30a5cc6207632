// A table of vectors, one for each token id.
//
//   y_t = E[id_t]                  E [vocabulary, width]
//   dE[v] = sum of dy_t over all places t where id_t = v
//
// A recurrent layer that reads an embedding takes x_t W for each distinct token of the batch once instead
// (TokenProjection.swift), and then no y is ever made.

import Kernels

/// The token ids of a batch, in the layout of an `Activation` of width 1 without padding.
public final class TokenInput {
  /// Time steps.
  public let steps: Int
  let ids: IndexBuffer
  /// The padding that rows share, where the network walks it once; then rows stand in its order.
  let prefix: SharedPrefix?

  init(rows: Int, steps: Int, sharesPrefix: Bool) {
    self.steps = steps
    prefix = sharesPrefix ? SharedPrefix(rows: rows) : nil
    ids = IndexBuffer(rows * steps)
  }

  /// Where a shard's ids of `step` begin.
  func offset(_ shard: Shard, _ step: Int) -> Int { shard.firstRow * steps + step * shard.rows }

  /// Copies a shard's rows of row-major `source` [.., steps]: row i is row `order[first + i]`, but for the
  /// order of the padding.
  func load(_ source: [Int32], _ order: [Int], first: Int, _ shard: Shard) {
    prefix?.arrange(source, order, first: first, steps: steps, shard)
    for row in 0..<shard.rows {
      let place = shard.firstRow + row
      let from = order[first + (prefix?.row(at: place) ?? place)] * steps
      for step in 0..<steps { ids[offset(shard, step) + row] = source[from + step] }
    }
  }
}

/// Keras's Embedding.
public final class Embedding: Layer {
  /// Keras's name, such as `embedding`.
  public let name: String
  /// `Embedding`.
  public var kind: String { "Embedding" }
  /// How many ids there are.
  public let vocabulary: Int
  /// The vectors of the ids, `[rows, steps, width]`; without values where recurrent layers project the tokens.
  public let output: Activation
  let input: TokenInput
  let table: Parameter
  /// The distinct tokens of this batch, and those of the batch before, whose gradient rows are to be cleared.
  private(set) var index: TokenIndex
  private var indexBefore: TokenIndex
  /// Each shard's sums of y's gradients; none where no y is made.
  private let sums: [TokenSums]
  private let block: [FloatBuffer]
  /// Whether recurrent layers take their input token by token.
  let isProjected: Bool
  private let isTraining: Bool
  /// Whether `index` has the tokens whose gradients stand in the table; else `indexBefore` has them.
  private var hasGradients = false

  /// E, `[vocabulary, width]`.
  public var parameters: [Parameter] { [table] }

  init(_ options: EmbeddingOptions, isProjected: Bool, input: TokenInput, _ context: LayerContext) {
    name = context.name
    vocabulary = options.vocabulary
    let width = options.width
    self.input = input
    self.isProjected = isProjected
    isTraining = context.isTraining
    output = Activation(
      context.places, steps: input.steps, width: width, hasGradient: context.isTraining,
      hasValues: !isProjected)
    output.mask = options.maskZero ? Mask(rows: context.rows, steps: input.steps) : nil
    table = context.store.add(
      "\(name).embeddings", [vocabulary, width], options.initializer,
      regularizer: options.regularizer, isTable: true)
    let capacity = context.rows * input.steps
    index = TokenIndex(vocabulary: vocabulary, capacity: capacity)
    indexBefore = TokenIndex(vocabulary: vocabulary, capacity: context.isTraining ? capacity : 0)
    sums =
      context.isTraining && !isProjected
      ? TokenSums.forShards(of: context, vocabulary: vocabulary, steps: input.steps, width: width) : []
    block = (0..<context.workers).map { _ in FloatBuffer(tokensAtOnce * paddedWidth(width)) }
  }

  /// Lists the batch's distinct tokens. Those of the last batch in training are kept through all batches that
  /// only judge, since their gradients still stand in the table.
  public func beginBatch(_ plan: ShardPlan, _ pass: Pass) {
    guard pass.hasBackward || isProjected else { return }
    if hasGradients { swap(&index, &indexBefore) }
    hasGradients = pass.hasBackward
    index.build(input.ids, count: plan.rows * input.steps)
  }

  /// Clears the gradient rows that the last batch wrote.
  public func project(part: Int, of parts: Int, worker: Int, _ pass: Pass) {
    guard pass.hasBackward else { return }
    // A penalty gives every row a gradient, so every row is cleared.
    guard table.regularizer == nil else { return table.clearGradient(part: part, of: parts) }
    clearRows(of: indexBefore, share(part, of: parts, indexBefore), in: table.gradient)
  }

  /// Copies the vectors of the shard's ids, and masks id 0 where `mask_zero` says so.
  public func forward(_ shard: Shard, _ pass: Pass) {
    output.mask?.make(shard) { step, rows in
      maskZeros(input.ids, from: input.offset(shard, step), into: rows)
    }
    guard !isProjected else { return }
    gatherRows(
      table.values, ids: input.ids, from: input.offset(shard, 0),
      into: output.values(shard, output.allSteps))
  }

  /// Sums the shard's gradients by token.
  public func backward(_ shard: Shard, _ pass: Pass) {
    guard !isProjected else { return }
    sums[shard.index].clear()
    sums[shard.index].add(
      output.gradients(shard, output.allSteps), ids: input.ids, from: input.offset(shard, 0))
  }

  /// Sums the shards' gradients of one part of the batch's distinct tokens.
  public func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan) {
    guard !isProjected else { return }
    forEachBlock(of: share(part, of: parts, index)) { range in
      let rows = block[worker].matrix(
        rows: range.count, columns: output.width, stride: paddedWidth(output.width))
      addShards(sums, shards: plan.count, of: index, range, into: rows)
      scatterRows(rows, of: index, range, into: table.gradient, adds: false)
    }
  }

  /// The distinct tokens of one part, by number.
  func share(_ part: Int, of parts: Int, _ index: TokenIndex) -> Range<Int> {
    index.distinct * part / parts..<index.distinct * (part + 1) / parts
  }

  /// Calls `body` with the blocks of a range of tokens.
  func forEachBlock(of range: Range<Int>, _ body: (Range<Int>) -> Void) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + tokensAtOnce, range.upperBound)
      body(start..<end)
      start = end
    }
  }
}

/// Tokens whose rows are worked on together: tall enough for a product, few enough for the first cache.
let tokensAtOnce = 32

extension TokenSums {
  /// Sums for each shard of a batch.
  static func forShards(of context: LayerContext, vocabulary: Int, steps: Int, width: Int) -> [TokenSums] {
    let plan = ShardPlan(rows: context.rows)
    return (0..<ShardPlan.most).map { _ in
      TokenSums(vocabulary: vocabulary, capacity: plan.rowsPerShard * steps, width: width)
    }
  }
}
