// The losses that a Keras model was compiled with, in rnnpipe's syntax: `compile_config` in the model's JSON. A loss or
// a setting that rnnpipe doesn't have is a fault that names it: it never becomes another.

import Failures
import JSON
import Networks

/// The losses of a compiled Keras model.
public struct KerasLosses: Sendable {
  /// The loss of each output in rnnpipe's syntax; nil if there is none, or rnnpipe doesn't support it.
  public let losses: [String?]
  /// The weight of each output's loss.
  public let weights: [Double]
  /// What rnnpipe doesn't support, output by output; empty if it supports everything.
  public let faults: [String]

  /// - Parameters:
  ///   - json: the model's JSON; nothing is compiled where it has no `compile_config`.
  ///   - config: the same model.
  /// - Throws: `Failure` (data) if the losses don't match the outputs.
  public init(_ json: JSONValue, _ config: KerasConfig) throws {
    let compiled = json["compile_config"]
    let outputs = config.outputNames
    let entries = try Self.entries(compiled?["loss"] ?? .null, outputs)
    losses = entries.map { try? Self.loss($0) }
    let given = try Self.entries(compiled?["loss_weights"] ?? .null, outputs)
    // An output without a loss beside others that have one isn't trained.
    let isPartial = entries.contains(.null) && entries.contains { $0 != .null }
    weights = zip(given, entries).map { weight, entry in
      isPartial && entry == .null ? 0 : weight.double ?? 1
    }
    var faults = zip(entries, outputs).compactMap { entry, output -> String? in
      do throws(UnsupportedSetting) {
        if entry != .null { _ = try Self.loss(entry) }
        return nil
      } catch {
        return outputs.count > 1 ? "\(output): \(error.reason)" : error.reason
      }
    }
    if weights.count == 1, let weight = weights.first, weight != 1, losses[0] != nil {
      faults.append("rnnpipe doesn't support a loss weight (\(weight)) for a single output")
    }
    self.faults = faults
  }

  /// An entry for each output: one for all outputs, in their order, or by name.
  private static func entries(_ json: JSONValue, _ outputs: [String]) throws -> [JSONValue] {
    if let list = json.array {
      guard list.count == outputs.count else {
        throw Failure.data(
          "the model has \(counted(outputs.count, "output")) and \(counted(list.count, "loss", "losses")) or weights"
        )
      }
      return list
    }
    guard let members = json.object, members["class_name"] == nil else { return outputs.map { _ in json } }
    return outputs.map { members[$0] ?? .null }
  }

  /// A loss in rnnpipe's syntax.
  private static func loss(_ json: JSONValue) throws(UnsupportedSetting) -> String {
    let object = KerasObject(json)
    return try object.text(of: "loss", names: names) { key, value in
      // Keras 2 writes the name of the function too.
      if key == "fn", names[KerasObject(value).key] == names[object.key] { return "" }
      return setting(key, value)
    }
  }

  /// A setting in rnnpipe's syntax, empty where it has no effect; nil if rnnpipe doesn't support it.
  private static func setting(_ key: String, _ value: JSONValue) -> String? {
    switch key {
    case "name", "dtype": return ""
    case "axis": return value == .integer(-1) ? "" : nil
    case "reduction":
      // "auto" is Keras 2's name for the same.
      if ["sum_over_batch_size", "mean", "auto"].contains(value.string) { return "" }
      return ["sum", "mean_with_sample_weight"].contains(value.string) ? "\(key)=\(value.string ?? "")" : nil
    case "from_logits", "apply_class_balancing": return value.bool.map { $0 ? key : "" }
    case "ignore_class": return value == .null ? "" : value.int.map { "\(key)=\($0)" }
    case "label_smoothing": return value.double.map { $0 == 0 ? "" : "\(key)=\(Float($0))" }
    case "delta", "gamma", "alpha": return value.double.map { "\(key)=\(Float($0))" }
    default: return nil
    }
  }

  /// Names of losses, in lower case and without underscores.
  private static let names = [
    "mse": "mse", "meansquarederror": "mse", "mae": "mae", "meanabsoluteerror": "mae",
    "mape": "mape", "meanabsolutepercentageerror": "mape",
    "msle": "msle", "meansquaredlogarithmicerror": "msle", "logcosh": "log_cosh",
    "huber": "huber", "huberloss": "huber", "ctc": "ctc",
    "bce": "binary_crossentropy", "binarycrossentropy": "binary_crossentropy",
    "binaryfocalcrossentropy": "binary_focal_crossentropy",
    "categoricalcrossentropy": "categorical_crossentropy",
    "categoricalfocalcrossentropy": "categorical_focal_crossentropy",
    "sparsecategoricalcrossentropy": "sparse_categorical_crossentropy",
  ]
}
