// The metrics and their settings, in the words of `--metrics "accuracy,auc(curve=pr)"`. Names and defaults are
// Keras's (keras/src/metrics); the sums that they need are in MetricSums.swift.

import Failures
import Networks
import OptionSyntax
import Spelling

/// A metric and its settings.
public enum Metric: Sendable, Equatable {
  /// The kind of accuracy that suits the shapes of outputs and targets.
  case accuracy
  /// The fraction of outputs on the correct side of a threshold.
  case binaryAccuracy(threshold: Float)
  /// The fraction of rows in which the largest output and the largest target have the same index.
  case categoricalAccuracy
  /// The fraction of rows in which the largest output is that of the target's class.
  case sparseCategoricalAccuracy
  /// The fraction of rows whose class is among the k largest outputs.
  case topK(k: Int, sparse: Bool)
  case meanAbsoluteError
  case meanSquaredError
  case rootMeanSquaredError
  /// The absolute error in percent of the target.
  case meanAbsolutePercentageError
  /// The area under a curve, approximated with thresholds.
  case auc(curve: Curve, thresholds: Int)
  /// The fraction of positive predictions that are correct.
  case precision(threshold: Float)
  /// The fraction of positive targets that are predicted.
  case recall(threshold: Float)
  /// The harmonic mean of precision and recall for each class; without a threshold the largest output is the
  /// prediction, or a single output is compared with 0.5.
  case f1Score(average: Average, threshold: Float?)
  /// The fraction of the targets' variance that is explained, averaged over the outputs.
  case r2Score

  /// Whether it compares classes, so that targets must be 0, 1 or class ids.
  public var comparesClasses: Bool {
    switch self {
    case .accuracy, .binaryAccuracy, .categoricalAccuracy, .sparseCategoricalAccuracy, .topK, .auc,
      .precision,
      .recall, .f1Score:
      true
    case .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .meanAbsolutePercentageError, .r2Score:
      false
    }
  }

  /// The curve of an AUC.
  public enum Curve: String, Sendable, CaseIterable {
    /// Recall against the false positive rate.
    case roc
    /// Precision against recall.
    case pr
  }

  /// How the scores of the classes are averaged.
  public enum Average: String, Sendable, CaseIterable {
    /// The score of the counts summed over all classes.
    case micro
    /// The mean over classes.
    case macro
    /// The mean over classes, weighted by their number of rows.
    case weighted
  }

  /// The names of all metrics.
  public static let names = [
    "accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy",
    "top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy", "mae", "mse", "rmse", "mape", "auc",
    "precision", "recall", "f1_score", "r2_score",
  ]

  /// The metrics whose setting can be given by position.
  private static let positional: Set = [
    "binary_accuracy", "top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy", "auc", "precision",
    "recall", "f1_score",
  ]

  private static let aliases = [
    "acc": "accuracy", "mean_absolute_error": "mae", "mean_squared_error": "mse",
    "root_mean_squared_error": "rmse", "mean_absolute_percentage_error": "mape", "f1": "f1_score",
    "r2": "r2_score",
  ]

  /// Reads metrics separated by commas: `accuracy,precision(0.7)`; throws `Failure` (usage) with the nearest
  /// known name.
  public static func parse(list text: String) throws -> [Metric] {
    let example = "accuracy,auc(curve=pr)"
    let calls = try CallSyntax.parse("list(\(text))", subject: "metrics", example: example)
    guard calls.count == 1, !calls[0].arguments.isEmpty else {
      throw Failure.usage("metrics: '\(text)' is not a list of metrics", remedy: "such as \"\(example)\"")
    }
    return try calls[0].arguments.map { argument in
      switch (argument.key, argument.value) {
      case (nil, .word(let name)):
        try Metric(CallSyntax.parse(name, subject: "metrics", example: example)[0])
      case (nil, .call(let call)): try Metric(call)
      case (nil, .group(let calls)):
        throw Failure.usage("metrics: '{\(calls.map(\.name).joined(separator: " "))}' is not a metric")
      case (let key?, _):
        throw Failure.usage("metrics: '\(key)=' is outside parentheses", remedy: "such as \"\(example)\"")
      }
    }
  }

  /// Reads a single metric in the format of `parse(list:)`.
  public init(parsing text: String) throws {
    let all = try Metric.parse(list: text)
    guard all.count == 1 else { throw Failure.usage("metrics: '\(text)' is not a single metric") }
    self = all[0]
  }

  private init(_ call: CallSyntax) throws {
    let name = Self.aliases[call.name.lowercased()] ?? call.name.lowercased()
    var arguments = try CallArguments(
      call, subject: "metric \(name)", positions: Self.positional.contains(name) ? 1 : 0)
    switch name {
    case "accuracy": self = .accuracy
    case "binary_accuracy":
      self = .binaryAccuracy(threshold: try arguments.probability(0, "threshold") ?? 0.5)
    case "categorical_accuracy": self = .categoricalAccuracy
    case "sparse_categorical_accuracy": self = .sparseCategoricalAccuracy
    case "top_k_categorical_accuracy": self = .topK(k: try arguments.count(0, "k") ?? 5, sparse: false)
    case "sparse_top_k_categorical_accuracy": self = .topK(k: try arguments.count(0, "k") ?? 5, sparse: true)
    case "mae": self = .meanAbsoluteError
    case "mse": self = .meanSquaredError
    case "rmse": self = .rootMeanSquaredError
    case "mape": self = .meanAbsolutePercentageError
    case "precision": self = .precision(threshold: try arguments.probability(0, "threshold") ?? 0.5)
    case "recall": self = .recall(threshold: try arguments.probability(0, "threshold") ?? 0.5)
    case "r2_score": self = .r2Score
    case "auc":
      let curve = try arguments.choice(nil, "curve", of: Curve.allCases.map(\.rawValue))
      let count = try arguments.integer(0, "num_thresholds", in: 2...100_000)
      self = .auc(curve: curve.flatMap(Curve.init) ?? .roc, thresholds: count ?? 200)
    case "f1_score":
      let average = try arguments.choice(0, "average", of: Average.allCases.map(\.rawValue))
      let threshold = try arguments.probability(nil, "threshold")
      self = .f1Score(average: average.flatMap(Average.init) ?? .macro, threshold: threshold)
    default:
      throw Failure.usage("unknown metric '\(name)'", remedy: suggestion(for: name, among: Self.names))
    }
    try arguments.finish()
  }

  /// Whether larger values are better.
  public var higherIsBetter: Bool {
    switch self {
    case .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .meanAbsolutePercentageError: false
    default: true
    }
  }
}

extension CallArguments {
  /// A threshold for a probability.
  fileprivate mutating func probability(_ position: Int?, _ key: String) throws -> Float? {
    try number(position, key, in: 0...1)
  }
}

// MARK: - Text

extension Metric: CustomStringConvertible {
  private var call: (name: String, settings: [(key: String, value: String)]) {
    switch self {
    case .accuracy: ("accuracy", [])
    case .binaryAccuracy(let threshold): ("binary_accuracy", Self.settings(threshold))
    case .categoricalAccuracy: ("categorical_accuracy", [])
    case .sparseCategoricalAccuracy: ("sparse_categorical_accuracy", [])
    case .topK(let k, let sparse):
      ("\(sparse ? "sparse_" : "")top_k_categorical_accuracy", k == 5 ? [] : [("k", "\(k)")])
    case .meanAbsoluteError: ("mae", [])
    case .meanSquaredError: ("mse", [])
    case .rootMeanSquaredError: ("rmse", [])
    case .meanAbsolutePercentageError: ("mape", [])
    case .precision(let threshold): ("precision", Self.settings(threshold))
    case .recall(let threshold): ("recall", Self.settings(threshold))
    case .r2Score: ("r2_score", [])
    case .auc(let curve, let count):
      (
        "auc",
        (curve == .roc ? [] : [("curve", curve.rawValue)])
          + (count == 200 ? [] : [("num_thresholds", "\(count)")])
      )
    case .f1Score(let average, let threshold):
      (
        "f1_score",
        (average == .macro ? [] : [("average", average.rawValue)])
          + (threshold.map { [("threshold", "\($0)")] } ?? [])
      )
    }
  }

  private static func settings(_ threshold: Float) -> [(key: String, value: String)] {
    threshold == 0.5 ? [] : [("threshold", "\(threshold)")]
  }

  /// The metric in the format of `init(parsing:)`, without defaults.
  public var description: String {
    let (name, settings) = call
    guard !settings.isEmpty else { return name }
    return "\(name)(\(settings.map { "\($0.key)=\($0.value)" }.joined(separator: ",")))"
  }

  /// The name of its values in histories and results: `auc`, `auc_pr`, `precision_0.7`.
  public var name: String {
    ([call.name] + call.settings.map(\.value)).joined(separator: "_")
  }
}
