// Layer normalization over the features of each row and step (Ba et al. 2016).
//
//   n = (x - mean x) / sqrt(var x + epsilon)     y = gamma n + beta       gamma, beta [F]
//   g = dy gamma      dx = (g - mean g - n mean(g n)) / sqrt(var x + epsilon)
//   dgamma = sum dy n     dbeta = sum dy
//
// Keras's variance is the mean of squares (keras/src/layers/normalization/layer_normalization.py).

import Kernels

/// Keras's LayerNormalization over the last axis.
public final class LayerNormalization: Layer {
  /// Keras's name, such as `layer_normalization_1`.
  public let name: String
  /// `LayerNormalization`.
  public var kind: String { "LayerNormalization" }
  /// y, of the input's shape.
  public let output: Activation
  private let input: Activation
  private let epsilon: Float
  private let gamma: Parameter?
  private let beta: Parameter?
  /// n, kept for the backward pass.
  private let normalized: Activation
  /// One over the root, a number for each row and step.
  private let inverse: Activation

  /// gamma, then beta, `[F]`, where there are such.
  public var parameters: [Parameter] { [gamma, beta].compactMap { $0 } }

  init(_ options: LayerNormalizationOptions, input: Activation, _ context: LayerContext) {
    name = context.name
    self.input = input
    epsilon = options.epsilon
    let steps = input.isSequence ? input.steps : nil
    output = Activation(
      context.places, steps: steps, width: input.width, hasGradient: context.isTraining)
    normalized = Activation(context.places, steps: steps, width: input.width, hasGradient: false)
    inverse = Activation(context.places, steps: steps, width: 1, hasGradient: false)
    gamma =
      options.scale
      ? context.store.add(
        "\(name).gamma", [input.width], options.gammaInitializer, regularizer: options.gammaRegularizer) : nil
    beta =
      options.center
      ? context.store.add(
        "\(name).beta", [input.width], options.betaInitializer, regularizer: options.betaRegularizer) : nil
  }

  /// Normalizes every row and step of the shard.
  public func forward(_ shard: Shard, _ pass: Pass) {
    normalizeRows(
      input.values(shard), epsilon: epsilon, gamma: gamma?.values, beta: beta?.values,
      normalized: normalized.values(shard), inverse: inverse.values(shard), into: output.values(shard))
  }

  /// From dy to the shard's dgamma and dbeta, and to dx where the input takes gradients.
  public func backward(_ shard: Shard, _ pass: Pass) {
    normalizeRowsBackward(
      output.gradients(shard), gamma: gamma?.values, normalized: normalized.values(shard),
      inverse: inverse.values(shard), gammaGradient: gamma?.gradient(shard),
      betaGradient: beta?.gradient(shard),
      into: input.gradients.count > 0 ? input.gradients(shard) : nil)
  }
}
