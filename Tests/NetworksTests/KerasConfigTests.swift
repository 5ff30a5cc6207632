// Keras's JSON of networks, compared with files written by Keras (fixtures/keras/configs.py).

import Failures
import Foundation
import JSON
import Networks
import TensorFile
import Testing

@Suite struct KerasConfigTests {
  /// The networks by name, and Keras's JSON for each.
  static func networks() throws -> [(name: String, layers: String)] {
    let text = try String(
      contentsOf: KerasCase.folder.appendingPathComponent("configs.txt"), encoding: .utf8)
    return text.split(separator: "\n").map { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      return (String(parts[0]), String(parts[1]))
    }
  }

  private static func reference(_ name: String) throws -> JSONValue {
    let file = KerasCase.folder.appendingPathComponent("configs/\(name).json")
    return try JSONValue(parsing: Array(try Data(contentsOf: file)))
  }

  private static func architecture(_ text: String) throws -> Architecture {
    let input: ValueShape =
      text.hasPrefix("embedding") ? .tokens(steps: 6) : .sequence(steps: 6, width: 3)
    return try Architecture(layers: LayerSpec.parse(text), input: input)
  }

  @Test(arguments: try networks())
  func filesFromKerasAreRead(_ name: String, _ text: String) throws {
    let config = try KerasConfig(json: try Self.reference(name))
    #expect(config.layers == (try LayerSpec.parse(text)))
    #expect(config.inputShape == (text.hasPrefix("embedding") ? [6] : [6, 3]))
  }

  @Test(arguments: try networks())
  func writtenJSONAgreesWithKeras(_ name: String, _ text: String) throws {
    let written = try Self.architecture(text).kerasConfig()
    #expect(Self.departures(written, try Self.reference(name), at: "model") == [])
  }

  @Test(arguments: try networks())
  func writtenFilesAreRead(_ name: String, _ text: String) throws {
    let config = try KerasConfig(text: try Self.architecture(text).kerasConfig().text)
    #expect(config.layers == (try LayerSpec.parse(text)))
  }

  /// The difference between `written` and `keras`, which may have more keys.
  private static func departures(_ written: JSONValue, _ keras: JSONValue, at path: String) -> [String] {
    if let members = written.object, let others = keras.object {
      return members.flatMap { key, value in
        others[key].map { departures(value, $0, at: "\(path).\(key)") } ?? ["\(path).\(key) is missing"]
      }
    }
    if let elements = written.array, let others = keras.array, elements.count == others.count {
      return zip(elements, others).enumerated().flatMap {
        departures($1.0, $1.1, at: "\(path)[\($0)]")
      }
    }
    return written == keras || written.double == keras.double && written.double != nil
      ? [] : ["\(path): \(written.text) for \(keras.text)"]
  }

  /// JSON written by tf.keras 2.15.
  @Test func theOldForm() throws {
    let text = """
      {"class_name": "Sequential", "keras_version": "2.15.0", "backend": "tensorflow", "config": {"name": "m",
      "layers": [{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 20, 1], "dtype": "float32",
      "sparse": false, "ragged": false, "name": "lstm_input"}}, {"class_name": "LSTM", "config": {"name": "lstm",
      "trainable": true, "batch_input_shape": [null, 20, 1], "dtype": "float32", "return_sequences": false,
      "return_state": false, "go_backwards": false, "stateful": false, "unroll": false, "time_major": false,
      "units": 8, "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": true,
      "kernel_initializer": {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg",
      "distribution": "uniform", "seed": null}}, "recurrent_initializer": {"class_name": "Orthogonal",
      "config": {"gain": 1.0, "seed": null}}, "bias_initializer": {"class_name": "Zeros", "config": {}},
      "unit_forget_bias": true, "kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.009999999776482582}},
      "recurrent_regularizer": null, "bias_regularizer": null, "activity_regularizer": null,
      "kernel_constraint": null, "recurrent_constraint": null, "bias_constraint": null, "dropout": 0.0,
      "recurrent_dropout": 0.0, "implementation": 2}}, {"class_name": "Dense", "config": {"name": "dense",
      "trainable": true, "dtype": "float32", "units": 1, "activation": "swish", "use_bias": true}}]}}
      """
    let config = try KerasConfig(text: text)
    #expect(
      config.layers.map(\.description) == ["lstm(8,kernel_regularizer=l2(0.01))", "dense(1,silu)"])
    #expect(config.inputShape == [20, 1])
    let hard = text.replacingOccurrences(of: "\"sigmoid\"", with: "\"hard_sigmoid\"")
    #expect(throws: Failure.self) { try KerasConfig(text: hard) }
  }

  @Test(arguments: [
    ("{}", "is not a Keras model (model.to_json() writes one)"),
    (
      #"{"class_name": "Functional", "config": {"layers": []}}"#,
      "the model has no layers (write the file with Keras's model.to_json())"
    ),
    (
      #"{"class_name": "Sequential", "config": {"layers": []}}"#, "the model has no layers"
    ),
    (
      #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "Conv2D", "config": {"name": "c"}}]}}"#,
      "the layer c (Conv2D) isn't supported (docs/model.md lists the supported layers)"
    ),
    (
      layer(#""target_shape": [2, 3, 4]"#, kind: "Reshape"),
      "the layer d (Reshape): 'target_shape' is [2,3,4] (one size, or two: steps and features)"
    ),
    (layer(#""units": 0"#), "the layer d (Dense): 'units' is 0 (a whole number from 1 to 16777216)"),
    (layer(#""units": 1.5"#), "the layer d (Dense): 'units' is 1.5 (a whole number)"),
    (layer(#""activation": "relu""#), "the layer d (Dense): 'units' is missing"),
    (
      layer(#""units": 2, "activation": "selu""#),
      "the layer d (Dense): 'activation' is \"selu\" (did you mean relu?)"
    ),
    (
      layer(#""units": 2, "kernel_constraint": {"class_name": "NonNeg"}"#),
      "the layer d (Dense): 'kernel_constraint' is {\"class_name\":\"NonNeg\"} "
        + "(rnnpipe doesn't support that option)"
    ),
    (
      layer(#""units": 2, "trainable": 3"#),
      "the layer d (Dense): 'trainable' is 3 (true or false)"
    ),
    (
      layer(#""units": 2, "kernel_initializer": {"class_name": "Own", "config": {}}"#),
      "the layer d (Dense): 'kernel_initializer' is {\"class_name\":\"Own\",\"config\":{}} "
        + "(rnnpipe doesn't support that initializer)"
    ),
  ])
  func errorMessages(_ text: String, _ message: String) throws {
    let failure = #expect(throws: Failure.self) { try KerasConfig(text: text) }
    #expect(failure?.kind == .data)
    #expect(failure?.description == message)
  }

  private static func layer(_ options: String, kind: String = "Dense") -> String {
    #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "\#(kind)", "config": {"name": "d", "#
      + options + "}}]}}"
  }

  @Test func theInputMustFit() throws {
    let config = try KerasConfig(
      json: try Architecture(
        layers: LayerSpec.parse("lstm(2)"), input: .sequence(steps: 5, width: 2)
      ).kerasConfig())
    try config.check([.sequence(steps: 5, width: 2)])
    for input in [ValueShape.sequence(steps: 4, width: 2), .sequence(steps: 5, width: 1), .tokens(steps: 5)] {
      #expect(throws: Failure.self) { try config.check([input]) }
    }
  }
}
