// A table of vectors, one for each token id.
//
//   y_t = E[id_t]                  E [vocabulary, width]
//   dE[v] = sum of dy_t over all places t where id_t = v
//
// The gradient is summed token by token after all shards ran (Kernels/Embedding.swift).

import Kernels

/// The token ids of a batch, in the layout of an `Activation` of width 1 without padding.
public final class TokenInput {
  /// Time steps.
  public let steps: Int
  let ids: IndexBuffer

  init(rows: Int, steps: Int) {
    self.steps = steps
    ids = IndexBuffer(rows * steps)
  }

  /// Where a shard's ids of `step` begin.
  func offset(_ shard: Shard, _ step: Int) -> Int { shard.firstRow * steps + step * shard.rows }

  /// Copies a shard's rows of row-major `source` [.., steps]: row i is row `order[first + i]`.
  func load(_ source: [Int32], _ order: [Int], first: Int, _ shard: Shard) {
    for row in 0..<shard.rows {
      let from = order[first + shard.firstRow + row] * steps
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
  /// The vectors of the ids, `[rows, steps, width]`.
  public let output: Activation
  private let input: TokenInput
  private let table: Parameter
  private let index: TokenIndex?

  /// E, `[vocabulary, width]`.
  public var parameters: [Parameter] { [table] }

  init(vocabulary: Int, width: Int, input: TokenInput, _ context: LayerContext) {
    name = context.name
    self.vocabulary = vocabulary
    self.input = input
    output = Activation(
      rows: context.rows, steps: input.steps, width: width, hasGradient: context.isTraining)
    table = context.store.add(
      "\(name).embeddings", [vocabulary, width], .uniform(limit: 0.05), isTable: true)
    index =
      context.isTraining
      ? TokenIndex(vocabulary: vocabulary, capacity: context.rows * input.steps) : nil
  }

  /// Copies the vectors of the shard's ids.
  public func forward(_ shard: Shard, _ pass: Pass) {
    gatherRows(
      table.values, ids: input.ids, from: input.offset(shard, 0),
      into: output.values(shard, output.allSteps))
  }

  /// Does nothing: ids take no gradient, and the table's is summed by `finishBackward`.
  public func backward(_ shard: Shard, _ pass: Pass) {}

  /// Clears the table's gradient rows that the last batch wrote, and lists this batch's places by token.
  public func beginFinish(_ plan: ShardPlan) {
    guard let index else { return }
    clearRows(of: index, in: table.gradient)
    index.build(input.ids, count: plan.rows * input.steps)
  }

  /// Sums the gradients of one part of the batch's distinct tokens.
  public func finishBackward(part: Int, of parts: Int, _ plan: ShardPlan) {
    guard let index else { return }
    let range = index.distinct * part / parts..<index.distinct * (part + 1) / parts
    sumRows(output.allGradients(plan), by: index, range, into: table.gradient)
  }
}
