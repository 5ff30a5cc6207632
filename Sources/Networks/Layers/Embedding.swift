// A table of vectors, one for each token id.
//
//   y_t = E[id_t]                  E [vocabulary, width]
//   dE[v] = sum of dy_t over all positions t where id_t = v
//
// A recurrent layer that reads an embedding computes x_t W once for each distinct token of the batch
// instead (TokenProjection.swift), and y is never computed.

import Failures
import Kernels

/// Keras's Embedding.
struct Embedding: LayerDefinition {
  static let table = OptionTable(
    name: "embedding", defaults: Embedding(size: 0, width: 0), positions: 2, required: 2,
    options: [
      .size("input_dim", \.size, "number of token ids"),
      .size("output_dim", \.width, "width of an id's vector"),
      CallOption("embeddings_initializer", \.initializer, "initial vectors"),
      CallOption("embeddings_regularizer", \.regularizer, "penalty on all vectors"),
      CallOption("mask_zero", \.maskZero, "mask steps with id 0"),
    ])
  static let kerasClass = "Embedding"
  static let outputHelp = "(steps, output_dim)"

  var size: Int
  var width: Int
  var initializer = Initializer.uniform(low: -0.05, high: 0.05)
  var regularizer: Regularizer?
  var maskZero = false

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    guard case .tokens(let steps) = inputs[0] else {
      throw Failure.usage(
        "layer embedding expects token ids", remedy: "make it the first layer, on a stream of token ids")
    }
    return [.sequence(steps: steps, width: width)]
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    [
      WeightSpec(
        role: "embeddings", shape: [size, width], initializer: initializer, regularizer: regularizer,
        isTable: true)
    ]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    guard case .tokens(let tokens) = inputs[0] else {
      throw Failure(.software, "layer embedding expects token ids")
    }
    return try EmbeddingLayer(self, tokens, context)
  }

  var maskRule: MaskRule { maskZero ? .tokens : .none }
  var vocabulary: Int? { size }
}

/// An embedding that runs.
final class EmbeddingLayer: Layer, SharedBatchWork {
  /// The vectors of the ids, `[rows, steps, width]`; without values if recurrent layers project the tokens.
  let outputs: [Activation]
  /// How many ids there are.
  let vocabulary: Int
  let input: TokenInput
  let table: Parameter
  /// The distinct tokens of this batch, and those of the batch before, whose gradient rows are to be cleared.
  private(set) var index: TokenIndex
  private var indexBefore: TokenIndex
  /// The gradients of y by token; nil if y isn't computed.
  private let gradients: TokenGradients?
  private let block: [FloatBuffer]
  /// Whether recurrent layers take their input token by token.
  let isProjected: Bool
  /// Layers on the same table write its gradients one after another.
  let wave: Int
  /// Rows of the table's gradient that processes send one another.
  private let (outgoing, incoming) = (ExchangeMemory(), ExchangeMemory())
  /// Whether `index` has the tokens whose gradients are in the table; else `indexBefore` has them.
  private var hasGradients = false

  init(_ options: Embedding, _ input: TokenInput, _ context: LayerContext) throws {
    vocabulary = options.size
    let width = options.width
    self.input = input
    isProjected = context.isReadByProducts
    wave = context.application
    let output = Activation(
      context.storage, steps: input.steps, width: width, hasGradient: context.isTraining,
      hasValues: !isProjected)
    output.mask = options.maskZero ? Mask(rows: context.rows, steps: input.steps) : nil
    outputs = [output]
    table = try context.weight("embeddings")
    let capacity = context.rows * input.steps
    index = TokenIndex(vocabulary: vocabulary, capacity: capacity)
    indexBefore = TokenIndex(vocabulary: vocabulary, capacity: context.isTraining ? capacity : 0)
    gradients =
      context.isTraining && !isProjected
      ? TokenGradients(of: context, vocabulary: vocabulary, steps: input.steps, width: width) : nil
    block = (0..<context.workers).map { _ in FloatBuffer(tokensAtOnce * paddedWidth(width)) }
    context.network.share(self, wave: wave)
    if isProjected { context.network.register(projected: self, at: context.number) }
  }

  /// Lists the batch's distinct tokens. Those of the last batch in training are kept through all batches that
  /// are only evaluated, since their gradients are still in the table.
  func begin(_ plan: ShardPlan, _ pass: Pass) {
    guard pass.hasBackward || isProjected else { return }
    if hasGradients { swap(&index, &indexBefore) }
    hasGradients = pass.hasBackward
    index.build(input.ids, count: plan.rows * input.steps)
  }

  /// Clears the gradient rows that the last batch wrote.
  func project(part: Int, of parts: Int, worker: Int, _ pass: Pass) {
    guard pass.hasBackward else { return }
    // A penalty gives every row a gradient, so every row is cleared.
    guard table.regularizer == nil else { return table.clearGradient(part: part, of: parts) }
    clearRows(of: indexBefore, share(part, of: parts, indexBefore), in: table.gradient)
  }

  /// Copies the vectors of the shard's ids, and masks id 0 with `mask_zero`.
  func forward(_ shard: Shard, _ pass: Pass) {
    output.mask?.make(shard) { step, rows in
      maskZeros(input.ids, from: input.offset(shard, step), into: rows)
    }
    guard !isProjected else { return }
    gatherRows(
      table.values, ids: input.ids, from: input.offset(shard, 0),
      into: output.values(shard, output.allSteps))
  }

  /// Sums the shard's gradients by token.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard let sums = gradients?[shard] else { return }
    sums.clear()
    sums.add(output.gradients(shard, output.allSteps), ids: input.ids, from: input.offset(shard, 0))
  }

  func collect(_ group: ShardGroup, parts: Int, _ plan: ShardPlan) {
    gradients?.exchange(group, parts: parts, shards: plan.count, of: index) { share($0, of: parts, index) }
  }

  /// Sums the shards' gradients of one part of the batch's distinct tokens.
  func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan) {
    guard let gradients else { return }
    forEachBlock(of: share(part, of: parts, index)) { range in
      let rows = block[worker].matrix(
        rows: range.count, columns: output.width, stride: paddedWidth(output.width))
      gradients.write(range, of: index, shards: plan.count, into: rows)
      scatterRows(rows, of: index, range, into: table.gradient, adds: wave > 0)
    }
  }

  /// Gives every process the rows of the table's gradient that the parts of the others have written.
  func distribute(_ group: ShardGroup, parts: Int) {
    guard !group.isAlone else { return }
    let stride = paddedWidth(output.width)
    let shares = group.division(of: parts).parts.map { joined($0.map { share($0, of: parts, index) }) }
    let own = shares[group.owners.rank]
    let (rows, all) = (
      outgoing.memory(atLeast: own.count * stride), incoming.memory(atLeast: index.distinct * stride)
    )
    gatherRows(
      table.gradient, of: index, own,
      into: rows.matrix(rows: own.count, columns: output.width, stride: stride))
    guard
      group.exchange(
        rows, shares.map { _ in 0..<own.count * stride }, into: all, sizes: shares.map { $0.count * stride })
    else { return }
    scatterRows(
      all.matrix(rows: index.distinct, columns: output.width, stride: stride), of: index,
      0..<index.distinct, into: table.gradient, adds: false)
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

/// Tokens whose rows are processed together: enough for an efficient product, few enough for the L1 cache.
let tokensAtOnce = 32
