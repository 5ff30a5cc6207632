// Attention that runs, of either kind: row by row of the shard, and for each unmasked step of the query.

import Kernels

/// An attention layer that has been built.
final class AttentionLayer: Layer {
  let outputs: [Activation]
  /// The attention weights before dropout: for each step of the query, one for each step of the value.
  let weights: Activation
  private let query: Activation
  private let value: Activation
  /// The key; the value itself if there is none.
  private let key: Activation
  private let scorer: any AttentionScorer
  /// The weights after dropout; `weights` themselves without it.
  private let dropped: Activation
  private let dropout: AttentionDropout?

  init(_ definition: some AttentionDefinition, _ inputs: [Activation], _ context: LayerContext) {
    (query, value, key) = (inputs[0], inputs[1], inputs.count > 2 ? inputs[2] : inputs[1])
    scorer = definition.scorer(context, width: query.width)
    outputs = [
      Activation(
        context.storage, steps: query.steps, width: value.width, hasGradient: context.isTraining)
    ]
    weights = Activation(
      context.storage, steps: query.steps, width: value.steps, hasGradient: context.isTraining)
    let drops = context.isTraining && definition.dropout > 0
    dropped =
      drops
      ? Activation(context.storage, steps: query.steps, width: value.steps, hasGradient: true) : weights
    dropout = drops ? AttentionDropout(definition.dropout, weights, context) : nil
  }

  /// Whether a step of the query counts in a row of the shard.
  private func counts(_ row: Int, _ step: Int, _ shard: Shard) -> Bool {
    query.mask?.rows(shard, step)[row] ?? true
  }

  /// Reads the weights.
  func prepare(_ pass: Pass) { scorer.prepare() }

  // MARK: Forward

  /// Computes the weights of every row and step, then the weighted sums.
  func forward(_ shard: Shard, _ pass: Pass) {
    for row in 0..<shard.rows { score(row, shard) }
    dropout?.apply(weights, into: dropped, shard, pass)
    for row in 0..<shard.rows {
      let (result, value) = (output.values(shard).of(row, shard), value.values(shard).of(row, shard))
      let weights = dropped.values(shard).of(row, shard)
      for step in query.allSteps { weightedSum(weights, step, of: value, into: result) }
    }
  }

  /// The weights of one row; none at masked steps of the query.
  private func score(_ row: Int, _ shard: Shard) {
    let (query, key) = (query.values(shard).of(row, shard), key.values(shard).of(row, shard))
    let result = weights.values(shard).of(row, shard)
    let mask = value.mask?.rows(shard)
    for step in 0..<query.count {
      guard counts(row, step, shard) else {
        result.clear(step)
        continue
      }
      scorer.score(query, step, key, into: result)
      maskedSoftmax(result, step) { read in !(mask?[read * shard.rows + row] ?? true) }
    }
  }

  // MARK: Backward

  /// From the output's gradient to those of the query, the value and the key.
  func backward(_ shard: Shard, _ pass: Pass) {
    if value.hasGradient { value.gradients(shard).clear() }
    if key !== value, key.hasGradient { key.gradients(shard).clear() }
    for row in 0..<shard.rows { passBackSums(row, shard) }
    dropout?.passBack(dropped, into: weights, shard, pass)
    for row in 0..<shard.rows { passBackScores(row, shard) }
  }

  private func passBackSums(_ row: Int, _ shard: Shard) {
    let (gradient, own) = (output.gradients(shard).of(row, shard), dropped.values(shard).of(row, shard))
    let (result, value) = (dropped.gradients(shard).of(row, shard), self.value.values(shard).of(row, shard))
    let valueGradient = self.value.hasGradient ? self.value.gradients(shard).of(row, shard) : nil
    for step in query.allSteps where counts(row, step, shard) {
      weightedSumBackward(
        gradient, own, step, of: value, weightGradient: result, valueGradient: valueGradient)
    }
  }

  private func passBackScores(_ row: Int, _ shard: Shard) {
    let (gradient, own) = (weights.gradients(shard).of(row, shard), weights.values(shard).of(row, shard))
    let (query, key) = (self.query.values(shard).of(row, shard), self.key.values(shard).of(row, shard))
    let queryGradient = self.query.hasGradient ? self.query.gradients(shard).of(row, shard) : nil
    let keyGradient = self.key.hasGradient ? self.key.gradients(shard).of(row, shard) : nil
    for step in 0..<query.count {
      guard counts(row, step, shard) else {
        queryGradient?.clear(step)
        continue
      }
      softmaxBackward(gradient, step, weights: own)
      scorer.passBack(gradient, step, query, key, queryGradient, keyGradient, shard)
    }
  }
}

extension Matrix {
  /// All steps of one row of the shard.
  fileprivate func of(_ row: Int, _ shard: Shard) -> RowSteps { rowSteps(row, group: shard.rows) }
}

/// Dropout of the attention weights.
private final class AttentionDropout {
  private let rate: Float
  private let number: Int
  private let storage: ActivationStorage
  private let masks: Buffer<UInt16>
  private let steps: Int
  private let vectors: Int

  init(_ rate: Float, _ weights: Activation, _ context: LayerContext) {
    (self.rate, number, storage) = (rate, context.number, context.storage)
    (steps, vectors) = (weights.steps, weights.stride / 16)
    masks = Buffer(count: context.storage.rows * steps * vectors, zero: 0)
  }

  func apply(_ weights: Activation, into result: Activation, _ shard: Shard, _ pass: Pass) {
    let key = DropoutKey(seed: pass.seed, layer: number, step: pass.step)
    for step in weights.allSteps {
      guard pass.isTraining else {
        result.values(shard, step).copy(weights.values(shard, step))
        continue
      }
      dropout(
        weights.values(shard, step), rate: rate, key: key, firstRow: shard.firstRow, time: step,
        mask(shard, step), into: result.values(shard, step))
    }
  }

  func passBack(_ gradient: Activation, into result: Activation, _ shard: Shard, _ pass: Pass) {
    for step in gradient.allSteps {
      guard pass.isTraining else {
        result.gradients(shard, step).copy(gradient.gradients(shard, step))
        continue
      }
      dropoutBackward(
        gradient.gradients(shard, step), rate: rate, mask(shard, step), into: result.gradients(shard, step))
    }
  }

  private func mask(_ shard: Shard, _ step: Int) -> DropoutMask {
    let row = storage.first(shard) * steps + step * shard.rows
    return masks.mask(at: row * vectors, vectors: shard.rows * vectors)
  }
}
