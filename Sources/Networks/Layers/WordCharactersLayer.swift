// The vectors of words, each computed once for all positions of a batch at which the word occurs, as embeddings are
// projected once for each token:
//
//   v[w] = the states after the characters of w       y_t = v[word at t]
//   dv[w] = sum of dy_t over all positions t of w
//
// Before the shards run, their words are collected, and the network over characters runs on the distinct ones, the
// longest first, so that words processed together have about the same length. After their backward pass, the gradients of
// each word are summed over the shards, and the network over characters runs backward.

import Kernels

/// A layer that reads the characters of words.
final class WordCharactersLayer: Layer {
  /// The vectors of the words, `[rows, steps, width]`.
  let outputs: [Activation]
  private let reader: WordReader

  init(_ options: WordCharacters, _ input: TokenInput, _ context: LayerContext) throws {
    let steps = input.steps / input.length
    reader = try WordReader(options, input, context)
    let output = Activation(
      context.storage, steps: steps, width: reader.width, hasGradient: context.isTraining)
    output.mask = Mask(rows: context.rows, steps: steps)
    outputs = [output]
    reader.gradients =
      context.isTraining
      ? TokenGradients(of: context, vocabulary: reader.rows, steps: steps, width: reader.width) : nil
    let wave = 2 * context.application
    context.network.share(WordsBeforeShards(reader), wave: wave)
    context.network.share(WordsAfterCharacters(reader), wave: wave + 1)
  }

  func prepare(_ pass: Pass) { reader.prepare(pass) }

  /// Looks up the words' vectors, and masks steps without a word.
  func forward(_ shard: Shard, _ pass: Pass) {
    output.mask?.make(shard) { step, rows in
      maskRows(
        of: reader.words.numbers, equalTo: reader.words.emptyRow,
        from: shard.firstRow * output.steps + step * shard.rows, into: rows)
    }
    gatherRows(
      reader.vectors, ids: reader.words.numbers, from: shard.firstRow * output.steps,
      into: output.values(shard))
  }

  /// Sums the shard's gradients by word.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard let sums = reader.gradients?[shard] else { return }
    sums.clear()
    sums.add(output.gradients(shard), ids: reader.words.numbers, from: shard.firstRow * output.steps)
  }
}

/// The network over the characters of a batch's distinct words.
final class WordReader {
  let words: WordIndex
  /// The number of rows for which there is memory, the last ones for positions without a word.
  let rows: Int
  /// The width of a word's vector.
  var width: Int { layer.output.width }
  /// The gradients of the words' vectors; nil in prediction.
  fileprivate var gradients: TokenGradients?

  private let input: TokenInput
  private let steps: Int
  private let characters: TokenInput
  private let resources: NetworkResources
  private let embedding: EmbeddingLayer
  private let layer: any Layer
  /// All words by number.
  private let everyWord: TokenIndex
  /// The division of the words into as many shards as the batch has, or fewer.
  private var plan = ShardPlan(rows: 0)
  private var pass = Pass(isTraining: false)

  fileprivate init(_ options: WordCharacters, _ input: TokenInput, _ context: LayerContext) throws {
    self.input = input
    steps = input.steps / input.length
    words = WordIndex(positions: context.rows * steps, length: input.length)
    rows = words.emptyRow + 1
    resources = NetworkResources(
      store: context.network.store, rows: rows, workers: context.workers, isTraining: context.isTraining,
      isStreaming: false, largestShard: ShardPlan.roundedRows(context.rowsOfShard * steps))
    var inner = LayerContext(
      name: context.name, number: context.number + 1 << 20, application: context.application,
      network: resources, storage: .batch(rows: ShardPlan.roundedRows(rows)))
    inner.isFrozen = context.isFrozen
    let both = options.both
    inner.isReadByProducts = both.readsByProducts(
      inputWidth: options.width, isTraining: context.isTraining)
    characters = TokenInput(rows: rows, steps: input.length, sharesPrefix: false)
    embedding = try EmbeddingLayer(options.embedding, characters, inner)
    inner.isReadByProducts = false
    layer = try both.make(
      [embedding.isProjected ? .embedding(embedding) : .values(embedding.output)], inner)
    everyWord = TokenIndex(vocabulary: rows, capacity: rows)
    everyWord.buildWhole()
  }

  fileprivate func prepare(_ pass: Pass) { layer.prepare(pass) }

  /// The vectors by the words' numbers; those of positions without a word are 0.
  fileprivate var vectors: Matrix {
    let output = layer.output
    return output.values.matrix(rows: rows, columns: output.width, stride: output.stride)
  }

  // MARK: Phases

  /// Collects the words of the batch; runs on one thread.
  fileprivate func begin(_ batch: ShardPlan, _ pass: Pass) {
    self.pass = pass
    words.begin()
    for index in 0..<batch.count {
      let shard = batch.shard(index, worker: 0)
      words.add(
        input.ids, from: input.offset(shard, 0), rows: shard.rows, steps: steps, at: shard.firstRow * steps)
    }
    words.finish(positions: batch.rows * steps)
    plan = ShardPlan(rows: words.distinct, most: batch.count)
    for index in 0..<plan.count {
      let shard = plan.shard(index, worker: 0)
      words.load(
        shard.firstRow..<shard.firstRow + shard.rows, into: characters.ids, at: characters.offset(shard, 0))
    }
    forEachWork { $0.begin(plan, pass) }
  }

  fileprivate func projectCharacters(part: Int, of parts: Int, worker: Int) {
    forEachWork { $0.project(part: part, of: parts, worker: worker, pass) }
  }

  fileprivate func run(part: Int, worker: Int) {
    guard part < plan.count else { return }
    let shard = plan.shard(part, worker: worker)
    embedding.forward(shard, pass)
    layer.forward(shard, pass)
  }

  /// Gets the gradients of this process's words.
  fileprivate func collect(_ group: ShardGroup, parts: Int, shards: Int) {
    gradients?.exchange(group, parts: parts, shards: shards, of: everyWord) { part in
      let shard = plan.shard(min(part, plan.count), worker: 0)
      return min(shard.firstRow, plan.rows)..<min(shard.firstRow + max(0, shard.rows), plan.rows)
    }
  }

  /// - Parameter shards: the number of the batch's shards.
  fileprivate func runBackward(part: Int, worker: Int, shards: Int) {
    guard part < plan.count else { return }
    let shard = plan.shard(part, worker: worker)
    gradients?.write(
      shard.firstRow..<shard.firstRow + shard.rows, of: everyWord, shards: shards,
      into: layer.output.gradients(shard))
    layer.backward(shard, pass)
    embedding.backward(shard, pass)
  }

  fileprivate func finishCharacters(part: Int, of parts: Int, worker: Int) {
    forEachWork { $0.finishBackward(part: part, of: parts, worker: worker, plan) }
  }

  fileprivate func collectCharacters(_ group: ShardGroup, parts: Int) {
    forEachWork { $0.collect(group, parts: parts, plan) }
  }

  fileprivate func distributeCharacters(_ group: ShardGroup, parts: Int) {
    forEachWork { $0.distribute(group, parts: parts) }
  }

  private func forEachWork(_ body: (any SharedBatchWork) -> Void) {
    for wave in resources.sharedWork { for work in wave { body(work) } }
  }
}

/// Before the shards: collects the words and projects their characters. After them: runs the words backward.
private final class WordsBeforeShards: SharedBatchWork {
  private let reader: WordReader

  init(_ reader: WordReader) { self.reader = reader }

  func begin(_ plan: ShardPlan, _ pass: Pass) { reader.begin(plan, pass) }

  func project(part: Int, of parts: Int, worker: Int, _ pass: Pass) {
    reader.projectCharacters(part: part, of: parts, worker: worker)
  }

  func collect(_ group: ShardGroup, parts: Int, _ plan: ShardPlan) {
    reader.collect(group, parts: parts, shards: plan.count)
  }

  func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan) {
    reader.runBackward(part: part, worker: worker, shards: plan.count)
  }
}

/// Before the shards, after the characters are projected: runs the words. After the words' backward pass: the gradients
/// of the characters.
private final class WordsAfterCharacters: SharedBatchWork {
  private let reader: WordReader

  init(_ reader: WordReader) { self.reader = reader }

  func begin(_ plan: ShardPlan, _ pass: Pass) {}

  func project(part: Int, of parts: Int, worker: Int, _ pass: Pass) {
    reader.run(part: part, worker: worker)
  }

  func collect(_ group: ShardGroup, parts: Int, _ plan: ShardPlan) {
    reader.collectCharacters(group, parts: parts)
  }

  func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan) {
    reader.finishCharacters(part: part, of: parts, worker: worker)
  }

  func distribute(_ group: ShardGroup, parts: Int) { reader.distributeCharacters(group, parts: parts) }
}
