// The two ways in which attention compares a query with a key, forward and back, for one step of the query of one row.

import Kernels

/// Computes the scores of a step of the query with all steps of the key.
protocol AttentionScorer: AnyObject {
  /// Reads the weights, before any shard runs.
  func prepare()
  /// Writes the scores of step `step` of the query.
  func score(_ query: RowSteps, _ step: Int, _ key: RowSteps, into scores: RowSteps)
  /// Passes the scores' gradient back: writes the query's, adds to the key's and to those of the weights.
  func passBack(
    _ gradient: RowSteps, _ step: Int, _ query: RowSteps, _ key: RowSteps, _ queryGradient: RowSteps?,
    _ keyGradient: RowSteps?, _ shard: Shard)
}

/// Dot products, times a scale.
final class DotScorer: AttentionScorer {
  private let scale: Parameter?
  private let scratch: [FloatBuffer]
  private let width: Int

  init(scale: Parameter?, width: Int, _ context: LayerContext) {
    (self.scale, self.width) = (scale, width)
    scratch = (0..<context.workers).map { _ in FloatBuffer(paddedWidth(width)) }
  }

  func prepare() {}

  private var factor: Float { scale?.values[0, 0] ?? 1 }

  func score(_ query: RowSteps, _ step: Int, _ key: RowSteps, into scores: RowSteps) {
    dotScores(query, step, key, scale: factor, into: scores)
  }

  func passBack(
    _ gradient: RowSteps, _ step: Int, _ query: RowSteps, _ key: RowSteps, _ queryGradient: RowSteps?,
    _ keyGradient: RowSteps?, _ shard: Shard
  ) {
    let own = dotScoresBackward(
      gradient, step, query, key, scale: factor, scratch: scratch[shard.worker].row(width),
      queryGradient: queryGradient, keyGradient: keyGradient)
    if let scale { scale.gradient(shard)[0, 0] += own }
  }
}

/// The sum of a hidden layer's numbers, each times a factor.
final class AdditiveScorer: AttentionScorer {
  /// The factors of the hidden layer's numbers.
  enum Factors {
    /// One for each; 1 without a weight.
    case each(Parameter?)
    /// The same for all; 1 without a weight.
    case shared(Parameter?)
  }

  private let weights: Factors
  private let scale: Parameter?
  private let width: Int
  private let factors: FloatBuffer
  private let scratch: [FloatBuffer]
  private let gradients: [FloatBuffer]

  init(_ weights: Factors, scale: Parameter?, width: Int, _ context: LayerContext) {
    (self.weights, self.scale, self.width) = (weights, scale, width)
    factors = FloatBuffer(paddedWidth(width))
    scratch = (0..<context.workers).map { _ in FloatBuffer(paddedWidth(width)) }
    gradients = (0..<context.workers).map { _ in FloatBuffer(paddedWidth(width)) }
  }

  func prepare() {
    guard case .shared(let weight) = weights else { return factors.fill(1, 0..<width) }
    factors.fill(weight?.values[0, 0] ?? 1, 0..<width)
  }

  private var factor: Float { scale?.values[0, 0] ?? 1 }

  /// The factors as `[1, width]`.
  private var factorRow: Matrix {
    if case .each(let weight?) = weights { return weight.values }
    return factors.row(width)
  }

  func score(_ query: RowSteps, _ step: Int, _ key: RowSteps, into scores: RowSteps) {
    additiveScores(query, step, key, factors: factorRow, scale: factor, into: scores)
  }

  func passBack(
    _ gradient: RowSteps, _ step: Int, _ query: RowSteps, _ key: RowSteps, _ queryGradient: RowSteps?,
    _ keyGradient: RowSteps?, _ shard: Shard
  ) {
    let own = gradients[shard.worker].row(width)
    own.clear()
    let scaleGradient = additiveScoresBackward(
      gradient, step, query, key, factors: factorRow, scale: factor,
      scratch: scratch[shard.worker].row(width),
      factorGradient: own, queryGradient: queryGradient, keyGradient: keyGradient)
    if let scale { scale.gradient(shard)[0, 0] += scaleGradient }
    switch weights {
    case .each(let weight?): add(own, into: weight.gradient(shard))
    case .shared(let weight?): weight.gradient(shard)[0, 0] += sum(own)
    case .each(nil), .shared(nil): break
    }
  }

  private func sum(_ row: Matrix) -> Float { (0..<width).reduce(0) { $0 + row[0, $1] } }
}

extension FloatBuffer {
  /// All of a buffer as one row of `width` numbers.
  fileprivate func row(_ width: Int) -> Matrix {
    matrix(rows: 1, columns: width, stride: paddedWidth(width))
  }
}
