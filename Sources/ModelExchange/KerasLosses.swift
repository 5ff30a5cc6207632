// The losses that a Keras model was compiled with, in rnnpipe's syntax: `compile_config` in the model's JSON.

import Failures
import JSON
import Networks

/// The losses of a compiled Keras model.
public struct KerasLosses: Sendable {
  /// The loss of each output in rnnpipe's syntax; nil where rnnpipe doesn't support it.
  public let losses: [String?]
  /// The weight of each output's loss.
  public let weights: [Double]
  /// Messages for the user about losses that rnnpipe doesn't support.
  public let notes: [String]

  /// - Parameters:
  ///   - json: the model's JSON; nothing is compiled where it has no `compile_config`.
  ///   - config: the same model.
  /// - Throws: `Failure` (data) where the losses don't match the outputs.
  public init(_ json: JSONValue, _ config: KerasConfig) throws {
    let compiled = json["compile_config"]
    let outputs = config.outputNames
    let entries = try Self.entries(compiled?["loss"] ?? .null, outputs)
    losses = entries.map { try? Self.loss($0) }
    notes = zip(entries, outputs).compactMap { entry, output -> String? in
      do throws(Unavailable) {
        if entry != .null { _ = try Self.loss(entry) }
        return nil
      } catch {
        return "\(output): \(error.reason)"
      }
    }
    let given = try Self.entries(compiled?["loss_weights"] ?? .null, outputs)
    // An output without a loss beside others that have one isn't trained.
    let isPartial = entries.contains(.null) && entries.contains { $0 != .null }
    weights = zip(given, entries).map { weight, entry in
      isPartial && entry == .null ? 0 : weight.double ?? 1
    }
  }

  /// Why a loss isn't supported.
  private struct Unavailable: Error {
    let reason: String
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
  private static func loss(_ json: JSONValue) throws(Unavailable) -> String {
    let isFunction = json["class_name"] == "function"
    let name = json.string ?? (isFunction ? json["config"]?.string : json["class_name"]?.string) ?? json.text
    guard let own = names[name.lowercased().filter { $0 != "_" }] else {
      throw Unavailable(reason: "rnnpipe doesn't support the loss \(name)")
    }
    let config = isFunction ? [:] : json["config"]?.object ?? [:]
    if config["from_logits"] == .bool(true) {
      throw Unavailable(
        reason: "the loss \(name) is computed from logits (from_logits=True), "
          + "which rnnpipe does where the last layer is a sigmoid or softmax")
    }
    if let reduction = config["reduction"]?.string,
      !["sum_over_batch_size", "mean", "auto"].contains(reduction)
    {
      throw Unavailable(reason: "the loss \(name) uses the reduction \(reduction), not the mean")
    }
    return own + settings(own, config)
  }

  private static func settings(_ name: String, _ config: [String: JSONValue]) -> String {
    if let smoothing = config["label_smoothing"]?.double, smoothing != 0 {
      return "(label_smoothing=\(smoothing))"
    }
    if let ignored = config["ignore_class"]?.int { return "(ignore_class=\(ignored))" }
    if name == "huber", let delta = config["delta"]?.double { return "(delta=\(delta))" }
    return ""
  }

  /// Names of losses, in lower case and without underscores.
  private static let names = [
    "mse": "mse", "meansquarederror": "mse", "mae": "mae", "meanabsoluteerror": "mae",
    "huber": "huber", "huberloss": "huber", "bce": "binary_crossentropy",
    "binarycrossentropy": "binary_crossentropy", "categoricalcrossentropy": "categorical_crossentropy",
    "sparsecategoricalcrossentropy": "sparse_categorical_crossentropy",
  ]
}
