// Batch normalization of each feature (Ioffe and Szegedy 2015): in training by the statistics of the batch, all its
// steps included, otherwise by moving averages of these statistics.
//
//   n = (x - m) / sqrt(v + epsilon)     y = gamma n + beta       m, v, gamma, beta [F]
//   training      m = mean x, v = mean (x - m)^2, over the N rows and steps that aren't masked
//                 moving_mean = momentum moving_mean + (1 - momentum) m, and so for moving_variance and v
//   prediction, or frozen    m = moving_mean, v = moving_variance
//   dgamma = sum dy n     dbeta = sum dy
//   dx = gamma / sqrt(v + epsilon) (dy - (sum dy + n sum(dy n)) / N), without the parentheses' second term where m and v
//   are given, and at masked steps
//
// Keras adds 1e-7 to N if there is a mask (keras/src/layers/normalization/batch_normalization.py).

import Failures
import JSON
import Kernels
import OptionSyntax

/// Keras's BatchNormalization over the last axis.
struct BatchNormalization: LayerDefinition {
  static let table = OptionTable(
    name: "batch_norm", defaults: BatchNormalization(),
    options: [
      CallOption("axis", \.axis, "only the last one"),
      .number("momentum", \.momentum, in: 0...1, "share of the moving averages kept in a step"),
      .number("epsilon", \.epsilon, in: 0...1, "added to the variance"),
      CallOption("center", \.center, "whether to add beta"),
      CallOption("scale", \.scale, "whether to multiply by gamma"),
      CallOption("beta_initializer", \.betaInitializer, "initial beta"),
      CallOption("gamma_initializer", \.gammaInitializer, "initial gamma"),
      CallOption("moving_mean_initializer", \.meanInitializer, "initial moving mean"),
      CallOption("moving_variance_initializer", \.varianceInitializer, "initial moving variance"),
      CallOption("beta_regularizer", \.betaRegularizer, "penalty on beta"),
      CallOption("gamma_regularizer", \.gammaRegularizer, "penalty on gamma"),
    ])
  static let kerasClass = "BatchNormalization"
  static let numberedName = "batch_normalization"
  static let outputHelp = "the shape of the input"

  var axis: OneNumber = -1
  var momentum: Float = 0.99
  var epsilon: Float = 1e-3
  var center = true
  var scale = true
  var betaInitializer = Initializer.zeros
  var gammaInitializer = Initializer.ones
  var meanInitializer = Initializer.zeros
  var varianceInitializer = Initializer.ones
  var betaRegularizer: Regularizer?
  var gammaRegularizer: Regularizer?

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    guard axis.value == -1 || axis.value == (inputs[0].steps == nil ? 1 : 2) else {
      throw Failure.usage(
        "layer \(Self.name): 'axis' is \(axis.value), which isn't the features",
        remedy: "only the last axis is supported: leave axis out")
    }
    return inputs
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let shape = [inputs[0].width]
    let gamma = WeightSpec(
      role: "gamma", shape: shape, initializer: gammaInitializer, regularizer: gammaRegularizer)
    let beta = WeightSpec(
      role: "beta", shape: shape, initializer: betaInitializer, regularizer: betaRegularizer)
    let mean = WeightSpec(
      role: "moving_mean", shape: shape, initializer: meanInitializer, isTrainable: false)
    let variance = WeightSpec(
      role: "moving_variance", shape: shape, initializer: varianceInitializer, isTrainable: false)
    return (scale ? [gamma] : []) + (center ? [beta] : []) + [mean, variance]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    try BatchNormalizationLayer(self, input: inputs[0].activation, context)
  }

  var takesMask: Bool { true }
  var usesBatchStatistics: Bool { true }
}

// MARK: - Keras's JSON

extension BatchNormalization {
  init(keras config: [String: JSONValue], _ location: KerasLocation) throws {
    var config = config
    // Settings of batch renormalization, a different computation, matter only if it is enabled.
    if config["renorm"] != true {
      for key in ["renorm_clipping", "renorm_momentum"] { config[key] = nil }
    }
    self = try Self.table.read(keras: config, location)
  }

  func keras(_ names: LayerNames) -> [String: JSONValue] {
    var config = Self.table.keras(self)
    config["axis"] = -1
    return config
  }
}

// MARK: - The running layer

/// Batch normalization that runs. A training network runs its batch as one shard, whose statistics are the batch's.
final class BatchNormalizationLayer: Layer {
  let outputs: [Activation]
  private let input: Activation
  private let momentum: Float
  private let epsilon: Float
  private let isFrozen: Bool
  private let gamma: Parameter?
  private let beta: Parameter?
  private let movingMean: Parameter
  private let movingVariance: Parameter
  /// In rows: m, 1 / sqrt(v + epsilon), mean dy and mean (dy n) of the batch.
  private let statistics: FloatBuffer
  /// Two sums of each feature, for each thread.
  private let sums: Buffer<Double>

  init(_ options: BatchNormalization, input: Activation, _ context: LayerContext) throws {
    self.input = input
    (momentum, epsilon, isFrozen) = (options.momentum, options.epsilon, context.isFrozen)
    gamma = context.optionalWeight("gamma")
    beta = context.optionalWeight("beta")
    movingMean = try context.weight("moving_mean")
    movingVariance = try context.weight("moving_variance")
    statistics = FloatBuffer(4 * paddedWidth(input.width))
    sums = Buffer(count: context.isTraining ? context.workers * 2 * input.width : 0, zero: 0)
    let steps = input.isSequence ? input.steps : nil
    outputs = [
      Activation(context.storage, steps: steps, width: input.width, hasGradient: context.isTraining)
    ]
  }

  private func statistic(_ row: Int) -> Matrix {
    let stride = paddedWidth(input.width)
    return statistics.matrix(at: row * stride, rows: 1, columns: input.width, stride: stride)
  }
  private var mean: Matrix { statistic(0) }
  private var inverse: Matrix { statistic(1) }

  private func usesBatch(_ pass: Pass) -> Bool { pass.isTraining && !isFrozen }

  private func inverseRoot(_ variance: Float) -> Float { 1 / (variance + epsilon).squareRoot() }

  /// Takes the statistics of prediction from the moving averages.
  func prepare(_ pass: Pass) {
    guard !usesBatch(pass) else { return }
    for column in 0..<input.width {
      mean[0, column] = movingMean.values[0, column]
      inverse[0, column] = inverseRoot(movingVariance.values[0, column])
    }
  }

  /// Normalizes the shard; in training, when it is the whole batch, after computing its statistics.
  func forward(_ shard: Shard, _ pass: Pass) {
    if usesBatch(pass) { measure(shard) }
    normalizeColumns(
      input.values(shard), mean: mean, inverse: inverse, gamma: gamma?.values, beta: beta?.values,
      into: output.values(shard))
  }

  /// Computes the batch's statistics, and moves the averages.
  private func measure(_ shard: Shard) {
    let (values, mask) = (input.values(shard), input.mask?.rows(shard))
    let (start, count) = (sumStart(shard), count(values, mask))
    addColumnSums(values, mask, into: sums, at: start)
    for column in 0..<input.width { mean[0, column] = Float(sums[start + column] / count) }
    clearSums(shard)
    addColumnSquares(values, from: mean, mask, into: sums, at: start)
    for column in 0..<input.width {
      let variance = Float(sums[start + column] / count)
      inverse[0, column] = inverseRoot(variance)
      move(movingMean, column, to: mean[0, column])
      move(movingVariance, column, to: variance)
    }
    clearSums(shard)
  }

  private func move(_ average: Parameter, _ column: Int, to value: Float) {
    average.values[0, column] = average.values[0, column] * momentum + value * (1 - momentum)
  }

  private func sumStart(_ shard: Shard) -> Int { shard.worker * 2 * input.width }

  private func clearSums(_ shard: Shard) {
    sums.fill(0, sumStart(shard)..<sumStart(shard) + 2 * input.width)
  }

  /// How many rows and steps determine the statistics, as Keras counts them.
  private func count(_ values: Matrix, _ mask: RowMask?) -> Double {
    mask.map { Double($0.count) + 1e-7 } ?? Double(values.rows)
  }

  /// From dy to the shard's dgamma and dbeta, and to dx if the input needs gradients.
  func backward(_ shard: Shard, _ pass: Pass) {
    let (dy, values) = (output.gradients(shard), input.values(shard))
    let start = sumStart(shard)
    addColumnGradients(dy, values, mean: mean, inverse: inverse, into: sums, at: start)
    for column in 0..<input.width {
      beta?.gradient(shard)[0, column] += Float(sums[start + column])
      gamma?.gradient(shard)[0, column] += Float(sums[start + input.width + column])
    }
    if input.hasGradient {
      scaleColumns(dy, inverse: inverse, gamma: gamma?.values, into: input.gradients(shard))
      if usesBatch(pass) { subtractMeans(shard, values) }
    }
    clearSums(shard)
  }

  /// The part of dx that comes from the statistics.
  private func subtractMeans(_ shard: Shard, _ values: Matrix) {
    let mask = input.mask?.rows(shard)
    let (start, count) = (sumStart(shard), count(values, mask))
    let (gradientMean, productMean) = (statistic(2), statistic(3))
    for column in 0..<input.width {
      gradientMean[0, column] = Float(sums[start + column] / count)
      productMean[0, column] = Float(sums[start + input.width + column] / count)
    }
    subtractBatchGradient(
      values, mean: mean, inverse: inverse, gamma: gamma?.values, gradientMean: gradientMean,
      productMean: productMean, mask, into: input.gradients(shard))
  }
}
