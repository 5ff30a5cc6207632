// The calls of layers in a Keras Functional model's JSON, in the forms of Keras 3 and tf.keras 2: which values a layer
// reads (keras/src/models/functional.py, serialize_node).

import Failures
import JSON

/// A value in Keras's JSON: of a layer, by the number of its call and of the call's output.
struct KerasTensor: Hashable {
  let layer: String
  let call: Int
  let value: Int

  init(layer: String, call: Int, value: Int) {
    self.layer = layer
    self.call = call
    self.value = value
  }

  /// Reads `["lstm", 0, 1]`.
  init?(history json: JSONValue) {
    guard let parts = json.array, parts.count >= 3, let layer = parts[0].string, let call = parts[1].int,
      let value = parts[2].int
    else { return nil }
    self.init(layer: layer, call: call, value: value)
  }

  /// Reads an argument of a call; nil if it isn't a value.
  init?(argument json: JSONValue) {
    guard json["class_name"] == "__keras_tensor__", let history = json["config"]?["keras_history"] else {
      return nil
    }
    self.init(history: history)
  }
}

/// One call of a layer: its inputs, then its initial states.
struct KerasCall {
  let inputs: [KerasTensor]
  /// The mask that it is called with: Keras's own if it is the result of an operation, else the user's.
  let mask: KerasTensor?

  /// - Parameter name: the layer, for messages.
  init(_ json: JSONValue, of name: String) throws {
    let (arguments, keywords) =
      json["args"] == nil
      ? try Self.oldForm(json) : (json["args"]?.array ?? [], json["kwargs"]?.object ?? [:])
    var inputs = try arguments.flatMap { try Self.values(in: $0, name) }
    for (key, value) in keywords.sorted(by: { $0.key < $1.key }) {
      switch key {
      case "initial_state": inputs += try Self.values(in: value, name)
      case "mask" where KerasTensor(argument: value) != nil: continue
      case "training" where value != .bool(true): continue
      case _ where value == .null: continue
      default:
        throw Failure.data("the layer \(name) is called with '\(key)'", remedy: "rnnpipe doesn't support it")
      }
    }
    guard !inputs.isEmpty else { throw Failure.data("the layer \(name) is called without an input") }
    self.inputs = inputs
    mask = keywords["mask"].flatMap { KerasTensor(argument: $0) }
  }

  /// The values of an argument, which may be a list of them.
  private static func values(in json: JSONValue, _ name: String) throws -> [KerasTensor] {
    if json == .null { return [] }
    if let tensor = KerasTensor(argument: json) { return [tensor] }
    guard let list = json.array else {
      throw Failure.data(
        "the layer \(name) is called with \(json.text)", remedy: "rnnpipe expects values of layers")
    }
    return try list.flatMap { try values(in: $0, name) }
  }

  /// tf.keras 2 writes a call as a list of `[layer, call, value, keywords]`, of which the first has the keywords.
  private static func oldForm(_ json: JSONValue) throws -> ([JSONValue], [String: JSONValue]) {
    let entries = KerasTensor(history: json) == nil ? json.array ?? [] : [json]
    let keywords = entries.first?.array?.dropFirst(3).first?.object ?? [:]
    return (entries.map(oldValue), keywords.mapValues(oldValue))
  }

  /// `["lstm", 0, 1]` in the newer form; also lists of them.
  private static func oldValue(_ json: JSONValue) -> JSONValue {
    guard let parts = json.array else { return json }
    guard KerasTensor(history: json) != nil else { return .array(parts.map(oldValue)) }
    return [
      "class_name": "__keras_tensor__", "config": ["keras_history": .array(Array(parts.prefix(3)))],
    ]
  }
}
