// Layer normalization over the features of each row and step (Ba et al. 2016).
//
//   n = (x - mean x) / sqrt(var x + epsilon)     y = gamma n + beta       gamma, beta [F]
//   g = dy gamma      dx = (g - mean g - n mean(g n)) / sqrt(var x + epsilon)
//   dgamma = sum dy n     dbeta = sum dy
//
// Keras's variance is the mean of squares (keras/src/layers/normalization/layer_normalization.py).

import Kernels

/// Keras's LayerNormalization over the last axis.
struct LayerNormalization: LayerDefinition {
  static let table = OptionTable(
    name: "layer_norm", defaults: LayerNormalization(),
    options: [
      .number("epsilon", \.epsilon, in: 0...1, "added to the variance"),
      CallOption("center", \.center, "whether to add beta"),
      CallOption("scale", \.scale, "whether to multiply by gamma"),
      CallOption("beta_initializer", \.betaInitializer, "initial beta"),
      CallOption("gamma_initializer", \.gammaInitializer, "initial gamma"),
      CallOption("beta_regularizer", \.betaRegularizer, "penalty on beta"),
      CallOption("gamma_regularizer", \.gammaRegularizer, "penalty on gamma"),
    ])
  static let kerasClass = "LayerNormalization"
  static let numberedName = "layer_normalization"
  static let outputHelp = "the shape of the input"

  var epsilon: Float = 1e-3
  var center = true
  var scale = true
  var betaInitializer = Initializer.zeros
  var gammaInitializer = Initializer.ones
  var betaRegularizer: Regularizer?
  var gammaRegularizer: Regularizer?

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] { inputs }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let shape = [inputs[0].width]
    let gamma = WeightSpec(
      role: "gamma", shape: shape, initializer: gammaInitializer, regularizer: gammaRegularizer)
    let beta = WeightSpec(
      role: "beta", shape: shape, initializer: betaInitializer, regularizer: betaRegularizer)
    return (scale ? [gamma] : []) + (center ? [beta] : [])
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    NormalizationLayer(epsilon: epsilon, input: inputs[0].activation, context)
  }

  var worksOnEachStep: Bool { true }
}

/// Layer normalization that runs.
final class NormalizationLayer: Layer {
  /// y, of the input's shape.
  let outputs: [Activation]
  private let input: Activation
  private let epsilon: Float
  private let gamma: Parameter?
  private let beta: Parameter?
  /// n, kept for the backward pass.
  private let normalized: Activation
  /// 1 / sqrt(var x + epsilon), for each row and step.
  private let inverse: Activation

  init(epsilon: Float, input: Activation, _ context: LayerContext) {
    self.input = input
    self.epsilon = epsilon
    let steps = input.isSequence ? input.steps : nil
    outputs = [
      Activation(context.storage, steps: steps, width: input.width, hasGradient: context.isTraining)
    ]
    normalized = Activation(context.storage, steps: steps, width: input.width, hasGradient: false)
    inverse = Activation(context.storage, steps: steps, width: 1, hasGradient: false)
    gamma = context.optionalWeight("gamma")
    beta = context.optionalWeight("beta")
  }

  /// Normalizes every row and step of the shard.
  func forward(_ shard: Shard, _ pass: Pass) {
    normalizeRows(
      input.values(shard), epsilon: epsilon, gamma: gamma?.values, beta: beta?.values,
      normalized: normalized.values(shard), inverse: inverse.values(shard), into: output.values(shard))
  }

  /// From dy to the shard's dgamma and dbeta, and to dx if the input needs gradients.
  func backward(_ shard: Shard, _ pass: Pass) {
    normalizeRowsBackward(
      output.gradients(shard), gamma: gamma?.values, normalized: normalized.values(shard),
      inverse: inverse.values(shard), gammaGradient: gamma?.gradient(shard),
      betaGradient: beta?.gradient(shard), into: input.hasGradient ? input.gradients(shard) : nil)
  }
}
