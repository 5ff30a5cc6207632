// The position in a model's JSON, for messages; and the keys of a layer's config that don't affect results.

import Failures
import JSON

/// The position in a model's JSON, for messages.
struct KerasLocation {
  /// The layer, as `lstm_1 (LSTM)`.
  let layer: String

  func refuse(_ problem: String, _ remedy: String? = nil) -> Failure {
    Failure.data("the layer \(layer): \(problem)", remedy: remedy)
  }

  /// Keys that don't affect results: names, types, seeds, implementations.
  private static let passedOver: Set = [
    "name", "dtype", "seed", "batch_input_shape", "batch_shape", "input_length", "implementation",
    "use_cudnn", "unroll", "time_major", "sparse", "ragged",
  ]

  /// Throws where the config sets an option that rnnpipe doesn't support.
  func checkOthers(_ config: [String: JSONValue], known: Set<String>) throws {
    for (key, value) in config.sorted(by: { $0.key < $1.key }) {
      guard !known.contains(key), !Self.passedOver.contains(key), !isOff(key, value) else { continue }
      throw refuse("'\(key)' is \(value.text)", "rnnpipe doesn't support that option")
    }
  }

  private func isOff(_ key: String, _ value: JSONValue) -> Bool {
    switch key {
    case "data_format": value == .string("channels_last")
    // The last axis, as a number or in a list; if it isn't -1, it is counted from the batch axis.
    case "axis": value == .integer(-1) || value == .array([.integer(-1)]) || value == .array([.integer(2)])
    default: value == .null || value == .bool(false)
    }
  }
}
