// The losses that a Keras model was compiled with, as rnnpipe's words have them: `compile_config` in the model's JSON.

import Failures
import JSON
import Networks

/// What a Keras file says of the training objective.
struct KerasLosses {
  /// The loss of each output in rnnpipe's words; nil where there is none.
  let losses: [String?]
  /// What each output's loss counts.
  let weights: [Double]
  /// What can't be had, for the user.
  private(set) var notes: [String] = []

  /// - Parameters:
  ///   - config: the JSON's `compile_config`.
  ///   - outputs: Keras's names of the outputs.
  /// - Throws: `Failure` (data) for settings that would make another loss of it.
  init(_ config: JSONValue?, outputs: [String]) throws {
    let entries = try Self.entries(config?["loss"] ?? .null, outputs)
    var notes: [String] = []
    losses = try zip(entries, outputs).map { entry, output in
      guard entry != .null else { return nil }
      guard let loss = try Self.loss(entry) else {
        let name = entry.string ?? entry["class_name"]?.string ?? entry.text
        notes.append("\(output) was trained with the loss \(name), which rnnpipe doesn't have")
        return nil
      }
      return loss
    }
    let given = try Self.entries(config?["loss_weights"] ?? .null, outputs)
    // An output without a loss beside others with one isn't trained.
    let isPartial = entries.contains(.null) && entries.contains { $0 != .null }
    weights = zip(given, entries).map { weight, entry in
      isPartial && entry == .null ? 0 : weight.double ?? 1
    }
    self.notes = notes
  }

  /// An entry for each output: of all outputs the same, in their order, or by name.
  private static func entries(_ json: JSONValue, _ outputs: [String]) throws -> [JSONValue] {
    if let list = json.array {
      guard list.count == outputs.count else {
        throw Failure.data("the model has \(outputs.count) outputs and \(list.count) losses or weights")
      }
      return list
    }
    guard let members = json.object, members["class_name"] == nil else { return outputs.map { _ in json } }
    return outputs.map { members[$0] ?? .null }
  }

  /// A loss in rnnpipe's words; nil for one that it doesn't have.
  private static func loss(_ json: JSONValue) throws -> String? {
    let isFunction = json["class_name"] == "function"
    guard let name = json.string ?? (isFunction ? json["config"]?.string : json["class_name"]?.string),
      let own = names[name.lowercased().filter { $0 != "_" }]
    else { return nil }
    let config = isFunction ? [:] : json["config"]?.object ?? [:]
    if config["from_logits"] == .bool(true) {
      throw Failure.data(
        "the loss \(name) is computed from logits (from_logits=True)",
        remedy: "give the last layer its sigmoid or softmax in Keras, and compile without from_logits")
    }
    if let reduction = config["reduction"]?.string,
      !["sum_over_batch_size", "mean", "auto"].contains(reduction)
    {
      throw Failure.data("the loss \(name) is reduced by \(reduction)", remedy: "rnnpipe takes the mean")
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
