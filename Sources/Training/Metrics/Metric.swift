// What is reported beside the loss: which metrics, with which settings, in the words of
// `--metrics "accuracy,auc(curve=pr)"`. Names and defaults are Keras's (keras/src/metrics); what they count is
// in MetricSums.swift.

import Failures
import Networks
import OptionSyntax
import Spelling

/// A metric and its settings.
public enum Metric: Sendable, Equatable {
  /// The accuracy that suits the shapes of outputs and targets.
  case accuracy
  /// The share of outputs on the right side of a threshold.
  case binaryAccuracy(threshold: Float)
  /// The share of rows whose largest output stands where the target's largest does.
  case categoricalAccuracy
  /// The share of rows whose largest output is the target's class.
  case sparseCategoricalAccuracy
  /// The share of rows whose class is among the k largest outputs.
  case topK(k: Int, sparse: Bool)
  case meanAbsoluteError
  case meanSquaredError
  case rootMeanSquaredError
  /// Absolute errors in percent of the targets.
  case meanAbsolutePercentageError
  /// The area under the curve that thresholds draw.
  case auc(curve: Curve, thresholds: Int)
  /// The share of positive predictions that are right.
  case precision(threshold: Float)
  /// The share of positive targets that are found.
  case recall(threshold: Float)
  /// The harmonic mean of precision and recall, class by class; without a threshold the largest output is
  /// the prediction, or one output alone is held against one half.
  case f1Score(average: Average, threshold: Float?)
  /// The share of the targets' variance that is explained, averaged over the outputs.
  case r2Score

  /// The curve of an AUC.
  public enum Curve: String, Sendable, CaseIterable {
    /// Recall over the false positives' share.
    case roc
    /// Precision over recall.
    case pr
  }

  /// How classes' scores become one.
  public enum Average: String, Sendable, CaseIterable {
    /// The score of all classes' counts together.
    case micro
    /// The mean over classes.
    case macro
    /// The mean over classes by their number of rows.
    case weighted
  }

  /// The names of all metrics.
  public static let names = [
    "accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy",
    "top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy", "mae", "mse", "rmse", "mape", "auc",
    "precision", "recall", "f1_score", "r2_score",
  ]

  /// Those that take a setting without its key.
  private static let takingOne: Set = [
    "binary_accuracy", "top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy", "auc", "precision",
    "recall", "f1_score",
  ]

  private static let otherNames = [
    "acc": "accuracy", "mean_absolute_error": "mae", "mean_squared_error": "mse",
    "root_mean_squared_error": "rmse", "mean_absolute_percentage_error": "mape", "f1": "f1_score",
    "r2": "r2_score",
  ]

  /// Reads several, commas between them: `accuracy,precision(0.7)`; throws `Failure` (usage) with the nearest
  /// known name.
  public static func parse(list text: String) throws -> [Metric] {
    let example = "accuracy,auc(curve=pr)"
    let calls = try CallSyntax.parse("list(\(text))", subject: "metrics", example: example)
    guard calls.count == 1, !calls[0].arguments.isEmpty else {
      throw Failure.usage("metrics: '\(text)' names none", remedy: "such as \"\(example)\"")
    }
    return try calls[0].arguments.map { argument in
      switch (argument.key, argument.value) {
      case (nil, .word(let name)):
        try Metric(CallSyntax.parse(name, subject: "metrics", example: example)[0])
      case (nil, .call(let call)): try Metric(call)
      case (nil, .group(let calls)):
        throw Failure.usage("metrics: '{\(calls.map(\.name).joined(separator: " "))}' is not a metric")
      case (let key?, _):
        throw Failure.usage("metrics: '\(key)=' stands outside brackets", remedy: "such as \"\(example)\"")
      }
    }
  }

  /// Reads one metric, as `parse(list:)` does.
  public init(parsing text: String) throws {
    let all = try Metric.parse(list: text)
    guard all.count == 1 else { throw Failure.usage("metrics: '\(text)' is not one") }
    self = all[0]
  }

  private init(_ call: CallSyntax) throws {
    let name = Self.otherNames[call.name.lowercased()] ?? call.name.lowercased()
    var arguments = try CallArguments(
      call, subject: "metric \(name)", positions: Self.takingOne.contains(name) ? 1 : 0)
    switch name {
    case "accuracy": self = .accuracy
    case "binary_accuracy": self = .binaryAccuracy(threshold: try arguments.share(0, "threshold") ?? 0.5)
    case "categorical_accuracy": self = .categoricalAccuracy
    case "sparse_categorical_accuracy": self = .sparseCategoricalAccuracy
    case "top_k_categorical_accuracy": self = .topK(k: try arguments.count(0, "k") ?? 5, sparse: false)
    case "sparse_top_k_categorical_accuracy": self = .topK(k: try arguments.count(0, "k") ?? 5, sparse: true)
    case "mae": self = .meanAbsoluteError
    case "mse": self = .meanSquaredError
    case "rmse": self = .rootMeanSquaredError
    case "mape": self = .meanAbsolutePercentageError
    case "precision": self = .precision(threshold: try arguments.share(0, "threshold") ?? 0.5)
    case "recall": self = .recall(threshold: try arguments.share(0, "threshold") ?? 0.5)
    case "r2_score": self = .r2Score
    case "auc":
      let curve = try arguments.choice(nil, "curve", of: Curve.allCases.map(\.rawValue))
      let count = try arguments.integer(0, "num_thresholds", in: 2...100_000)
      self = .auc(curve: curve.flatMap(Curve.init) ?? .roc, thresholds: count ?? 200)
    case "f1_score":
      let average = try arguments.choice(0, "average", of: Average.allCases.map(\.rawValue))
      let threshold = try arguments.share(nil, "threshold")
      self = .f1Score(average: average.flatMap(Average.init) ?? .macro, threshold: threshold)
    default:
      throw Failure.usage("unknown metric '\(name)'", remedy: suggestion(for: name, among: Self.names))
    }
    try arguments.finish()
  }

  /// Whether larger values are better.
  public var isBetterLarger: Bool {
    switch self {
    case .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .meanAbsolutePercentageError: false
    default: true
    }
  }
}

extension CallArguments {
  /// A threshold of a probability.
  fileprivate mutating func share(_ position: Int?, _ key: String) throws -> Float? {
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

  /// The metric as `init(parsing:)` reads it, defaults left out.
  public var description: String {
    let (name, settings) = call
    guard !settings.isEmpty else { return name }
    return "\(name)(\(settings.map { "\($0.key)=\($0.value)" }.joined(separator: ",")))"
  }

  /// What its values are called in histories and results: `auc`, `auc_pr`, `precision_0.7`.
  public var name: String {
    ([call.name] + call.settings.map(\.value)).joined(separator: "_")
  }
}
