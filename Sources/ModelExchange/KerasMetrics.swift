// The metrics that a Keras model was compiled with, in rnnpipe's syntax: `compile_config` in the model's JSON.

import JSON
import Networks

/// The metrics of a compiled Keras model.
public struct KerasMetrics: Sendable {
  /// The metrics of each output in rnnpipe's syntax, separated by commas; nil if it has none.
  public let metrics: [String?]
  /// Messages for the user about metrics that rnnpipe doesn't support and therefore omits.
  public let notes: [String]

  /// - Parameters:
  ///   - json: the model's JSON; without `compile_config`, nothing is compiled.
  ///   - config: the same model.
  public init(_ json: JSONValue, _ config: KerasConfig) {
    let compiled = json["compile_config"]
    var notes: [String] = []
    metrics = Self.entries(compiled?["metrics"] ?? .null, config.outputNames).map { entries in
      var found: [String] = []
      for entry in entries {
        do throws(UnsupportedSetting) {
          let metric = try Self.metric(entry)
          if !found.contains(metric) { found.append(metric) }
        } catch { notes.append(error.reason) }
      }
      return found.isEmpty ? nil : found.joined(separator: ",")
    }
    let weighted = Self.entries(compiled?["weighted_metrics"] ?? .null, config.outputNames).flatMap { $0 }
    notes += weighted.map { "rnnpipe doesn't support weighted metrics such as \(KerasObject($0).name)" }
    self.notes = notes
  }

  /// Each output's entries: for one output a list; for several a list with an entry for each, or an object by name.
  private static func entries(_ json: JSONValue, _ outputs: [String]) -> [[JSONValue]] {
    func list(_ json: JSONValue?) -> [JSONValue] {
      (json?.array ?? [json ?? .null]).flatMap { $0.array ?? [$0] }.filter { $0 != .null }
    }
    if let members = json.object, members["class_name"] == nil { return outputs.map { list(members[$0]) } }
    guard outputs.count > 1, let each = json.array, each.count == outputs.count else {
      return outputs.map { _ in list(json) }
    }
    return each.map(list)
  }

  /// A metric in rnnpipe's syntax.
  private static func metric(_ json: JSONValue) throws(UnsupportedSetting) -> String {
    try KerasObject(json).text(of: "metric", names: names, setting: setting)
  }

  /// A setting in rnnpipe's syntax, empty if it has no effect; nil if rnnpipe doesn't support it.
  private static func setting(_ key: String, _ value: JSONValue) -> String? {
    switch (key, value) {
    case ("name", _), ("dtype", _), ("fn", _): ""
    case ("threshold", .null), ("thresholds", .null), ("top_k", .null), ("class_id", .null),
      ("num_labels", .null), ("label_weights", .null), ("multi_label", false), ("num_regressors", 0),
      ("class_aggregation", "uniform_average"), ("summation_method", "interpolation"), ("sparse", _):
      ""
    // An AUC of logits: the metrics of a model that outputs logits are those of their probabilities.
    case ("from_logits", _): value.bool == nil ? nil : ""
    case ("threshold", _), ("thresholds", _): value.double.map { "threshold=\(Float($0))" }
    case ("k", _), ("num_thresholds", _): value.int.map { "\(key)=\($0)" }
    case ("curve", _): value.string == "ROC" ? "" : value.string == "PR" ? "curve=pr" : nil
    case ("average", _): value.string.map { "average=\($0)" }
    default: nil
    }
  }

  /// Names of metrics, in lower case and without underscores.
  private static let names = [
    "accuracy": "accuracy", "acc": "accuracy", "binaryaccuracy": "binary_accuracy",
    "categoricalaccuracy": "categorical_accuracy", "sparsecategoricalaccuracy": "sparse_categorical_accuracy",
    "topkcategoricalaccuracy": "top_k_categorical_accuracy",
    "sparsetopkcategoricalaccuracy": "sparse_top_k_categorical_accuracy",
    "mae": "mae", "meanabsoluteerror": "mae", "mse": "mse", "meansquarederror": "mse",
    "rootmeansquarederror": "rmse", "mape": "mape", "meanabsolutepercentageerror": "mape",
    "auc": "auc", "precision": "precision", "recall": "recall", "f1score": "f1_score", "r2score": "r2_score",
  ]
}
