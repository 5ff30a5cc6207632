// A loss function and its settings, in the words of `--loss "huber(delta=0.5)"`. Names and defaults are Keras's
// (keras/src/losses/losses.py); the quantile loss, which Keras lacks, is the usual pinball loss. The formulas are in
// LossRows.swift, FocalLoss.swift, Distributions/Likelihoods.swift and CTC/CTCLattice.swift.

import Failures
import OptionSyntax
import Spelling

/// A loss function and its settings.
public struct Loss: Sendable, Equatable, CustomStringConvertible {
  /// A loss function by Keras's name.
  public enum Kind: String, Sendable, CaseIterable {
    case binaryCrossentropy = "binary_crossentropy"
    case categoricalCrossentropy = "categorical_crossentropy"
    case sparseCategoricalCrossentropy = "sparse_categorical_crossentropy"
    case binaryFocalCrossentropy = "binary_focal_crossentropy"
    case categoricalFocalCrossentropy = "categorical_focal_crossentropy"
    case meanSquaredError = "mse"
    case meanAbsoluteError = "mae"
    case meanAbsolutePercentageError = "mape"
    case meanSquaredLogarithmicError = "msle"
    case logCosh = "log_cosh"
    case huber
    case quantile
    case quantiles
    /// The negative log-likelihood of the labels of all steps, which the layer crf computes; divided by the number of
    /// steps, like a cross-entropy.
    case crf
    case ctc
    /// The negative log likelihood of a distribution whose parameters the outputs are.
    case studentT = "student_t"
    case normal
    case negativeBinomial = "negative_binomial"
  }

  /// How the losses of a batch's rows become one number.
  public enum Reduction: String, Sendable, CaseIterable {
    /// Their weighted sum, divided by the number of rows.
    case mean = "sum_over_batch_size"
    /// Their weighted sum.
    case sum
    /// Their weighted sum, divided by the sum of the weights.
    case weightedMean = "mean_with_sample_weight"
  }

  /// The function.
  public let kind: Kind
  /// How the losses of a batch's rows become one number.
  public private(set) var reduction = Reduction.mean
  /// Whether the network's outputs are the logits of probabilities, for a cross-entropy.
  public private(set) var fromLogits = false
  /// The fraction of a cross-entropy's target that is distributed over all classes.
  public private(set) var labelSmoothing: Float = 0
  /// The class whose rows the sparse cross-entropy ignores.
  public private(set) var ignoredClass: Int?
  /// The error at which the Huber loss changes from quadratic to linear.
  public private(set) var delta: Float = 1
  /// The quantile loss's fraction of targets that should lie below the prediction.
  public private(set) var quantile: Float = 0.5
  /// The quantiles that the outputs are of each target.
  public private(set) var quantiles: Quantiles?
  /// The exponent by which the focal cross-entropies reduce the loss of rows that are well predicted.
  public private(set) var gamma: Float = 2
  /// The factor of the focal cross-entropies: of class 1 if classes are balanced, of all classes if categorical.
  public private(set) var alpha: Float = 0.25
  /// Whether the binary focal cross-entropy weights class 1 by alpha and class 0 by 1 - alpha.
  public private(set) var balancesClasses = false

  private init(_ kind: Kind) { self.kind = kind }

  /// Cross-entropy of independent probabilities.
  public static let binaryCrossentropy = Loss(.binaryCrossentropy)
  /// Cross-entropy of a distribution over classes with respect to a target distribution.
  public static let categoricalCrossentropy = Loss(.categoricalCrossentropy)
  /// Cross-entropy of a distribution over classes with respect to a class id.
  public static let sparseCategoricalCrossentropy = Loss(.sparseCategoricalCrossentropy)
  /// The loss that the layer crf computes.
  public static let crf = Loss(.crf)
  /// The probability of a sequence of symbols, wherever they are.
  public static let ctc = Loss(.ctc)
  /// The mean of squared errors.
  public static let meanSquaredError = Loss(.meanSquaredError)
  /// The mean of absolute errors.
  public static let meanAbsoluteError = Loss(.meanAbsoluteError)

  /// The mean quantile loss of these quantiles, which the outputs are of each target.
  public static func quantiles(_ quantiles: Quantiles) -> Loss {
    var loss = Loss(.quantiles)
    loss.quantiles = quantiles
    return loss
  }

  /// The negative log likelihood of a distribution.
  init(_ distribution: ForecastDistribution) {
    switch distribution {
    case .studentT: self.init(Kind.studentT)
    case .normal: self.init(Kind.normal)
    case .negativeBinomial: self.init(Kind.negativeBinomial)
    }
  }

  /// The distribution whose parameters the outputs are.
  public var distribution: ForecastDistribution? { ForecastDistribution(rawValue: kind.rawValue) }

  /// The number of outputs for each value of the targets.
  public var outputsPerTarget: Int { distribution?.outputs ?? quantiles?.count ?? 1 }

  /// The number of values in the targets for each that is predicted.
  var valuesPerTarget: Int { distribution?.valuesPerTarget ?? 1 }

  private static let aliases = [
    "mean_squared_error": "mse", "mean_absolute_error": "mae", "pinball": "quantile",
    "mean_absolute_percentage_error": "mape", "mean_squared_logarithmic_error": "msle", "logcosh": "log_cosh",
  ]

  /// Whether the loss is that of a whole row, with a sequence of symbols as its target.
  public var isOfSequences: Bool { kind == .ctc }

  /// Reads `mse`, `huber(delta=0.5)`, `quantile(0.9)`, `binary_crossentropy(from_logits,label_smoothing=0.1)`; throws
  /// `Failure` (usage) with the nearest known name.
  public init(parsing text: String) throws {
    let calls = try CallSyntax.parse(text, subject: "loss", example: "huber(delta=0.5)")
    guard calls.count == 1 else {
      throw Failure.usage("loss: \(calls.count) losses given", remedy: "give one")
    }
    let name = Self.aliases[calls[0].name] ?? calls[0].name
    guard let kind = Kind(rawValue: name) else {
      throw Failure.usage(
        "unknown loss '\(name)'", remedy: suggestion(for: name, among: Kind.allCases.map(\.rawValue)))
    }
    self.kind = kind
    var arguments = try CallArguments(
      calls[0], subject: "loss \(name)", flags: ["from_logits", "apply_class_balancing"],
      positions: [.huber, .quantile, .quantiles].contains(kind) ? 1 : 0)
    try read(&arguments)
    let reduction = try arguments.choice(nil, "reduction", of: Reduction.allCases.map(\.rawValue))
    self.reduction = reduction.flatMap(Reduction.init) ?? .mean
    try arguments.finish()
  }

  private mutating func read(_ arguments: inout CallArguments) throws {
    if isCrossEntropy, kind != .crf { fromLogits = try arguments.flag("from_logits") ?? false }
    if isCrossEntropy, !usesClassIDs {
      labelSmoothing = try arguments.number(nil, "label_smoothing", in: 0...1) ?? 0
    }
    switch kind {
    case .sparseCategoricalCrossentropy:
      ignoredClass = try arguments.integer(nil, "ignore_class", in: -(1 << 24)...1 << 24)
    case .huber: delta = try arguments.number(0, "delta", in: 1e-30...1e30) ?? 1
    case .quantile:
      guard let fraction = try arguments.number(0, "quantile", in: 0...1) else {
        throw arguments.missing("quantile")
      }
      quantile = fraction
    case .quantiles:
      guard let list = try arguments.word(0, "quantiles") else { throw arguments.missing("quantiles") }
      quantiles = try Quantiles(parsing: list.replacing(":", with: ","))
    case .binaryFocalCrossentropy, .categoricalFocalCrossentropy:
      gamma = try arguments.number(nil, "gamma", in: 0...1000) ?? 2
      alpha = try arguments.number(nil, "alpha", in: 0...1e6) ?? 0.25
      guard kind == .binaryFocalCrossentropy else { return }
      balancesClasses = try arguments.flag("apply_class_balancing") ?? false
    default: break
    }
  }

  /// The loss in the format of `init(parsing:)`, without settings that are Keras's defaults.
  public var description: String {
    let list = quantiles?.values.map { "\($0)" }.joined(separator: ":")
    let settings = (kind == .quantile ? ["\(quantile)"] : []) + [list].compactMap(\.self) + self.settings
    return kind.rawValue + (settings.isEmpty ? "" : "(\(settings.joined(separator: ",")))")
  }

  private var settings: [String] {
    let all: [(isDefault: Bool, text: String)] = [
      (!fromLogits, "from_logits"),
      (labelSmoothing == 0, "label_smoothing=\(labelSmoothing)"),
      (ignoredClass == nil, "ignore_class=\(ignoredClass ?? 0)"),
      (delta == 1, "delta=\(delta)"),
      (gamma == 2, "gamma=\(gamma)"),
      (alpha == 0.25, "alpha=\(alpha)"),
      (!balancesClasses, "apply_class_balancing"),
      (reduction == .mean, "reduction=\(reduction.rawValue)"),
    ]
    return all.filter { !$0.isDefault }.map(\.text)
  }
}
