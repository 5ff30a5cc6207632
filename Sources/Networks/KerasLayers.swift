// Layers as Keras's JSON has them: the tables of options read and written under Keras's class names. What Keras
// writes and rnnpipe doesn't have is passed over where it is off, and refused where it is on.

import Failures
import JSON
import OptionSyntax
import TensorFile

extension OptionTable {
  /// The options in a layer's config; throws `Failure` (data).
  func read(keras config: [String: JSONValue], _ place: KerasPlace) throws -> Options {
    var result = defaults
    for (number, option) in options.enumerated() {
      guard let value = config[option.key] else {
        if number < required { throw place.refuse("'\(option.key)' is missing") }
        continue
      }
      do {
        try option.assignKeras(value, &result)
      } catch let unfit as InvalidValue {
        throw place.refuse("'\(option.key)' is \(value.text)", unfit.remedy)
      }
    }
    try place.checkOthers(config, known: Set(options.map(\.key)))
    return result
  }

  /// The options as a layer's config has them, defaults included.
  func keras(_ options: Options) -> [String: JSONValue] {
    Dictionary(uniqueKeysWithValues: self.options.map { ($0.key, $0.keras(options)) })
  }
}

/// Where in a model's JSON reading stands, for messages.
struct KerasPlace {
  /// The layer, as `lstm_1 (LSTM)`.
  let layer: String

  func refuse(_ problem: String, _ remedy: String? = nil) -> Failure {
    Failure.data("the layer \(layer): \(problem)", remedy: remedy)
  }

  /// What has no bearing on the numbers: names, types, seeds, ways of computing.
  private static let passedOver: Set = [
    "name", "dtype", "seed", "batch_input_shape", "batch_shape", "input_length", "implementation",
    "use_cudnn", "unroll", "time_major", "sparse", "ragged",
  ]

  /// Throws where the config turns on what rnnpipe doesn't have.
  func checkOthers(_ config: [String: JSONValue], known: Set<String>) throws {
    for (key, value) in config.sorted(by: { $0.key < $1.key }) {
      guard !known.contains(key), !Self.passedOver.contains(key), !isOff(key, value) else { continue }
      throw refuse("'\(key)' is \(value.text)", "rnnpipe doesn't have that option")
    }
  }

  private func isOff(_ key: String, _ value: JSONValue) -> Bool {
    switch key {
    case "trainable": value == .bool(true)
    case "data_format": value == .string("channels_last")
    // The last axis, as a number or in a list; it is counted from the batch's where it isn't -1.
    case "axis": value == .integer(-1) || value == .array([.integer(-1)]) || value == .array([.integer(2)])
    default: value == .null || value == .bool(false)
    }
  }
}

extension LayerSpec {
  /// A layer of Keras's JSON; throws `Failure` (data) where rnnpipe has no such layer or option.
  init(keras json: JSONValue) throws {
    guard let kind = json["class_name"]?.string, let config = json["config"]?.object else {
      throw Failure.data("a layer has no class_name or no config", remedy: "is it Keras's model.to_json()?")
    }
    let place = KerasPlace(layer: "\(config["name"]?.string ?? "?") (\(kind))")
    switch kind {
    case "Embedding": self = .embedding(try OptionTable.embedding.read(keras: config, place))
    case "Masking": self = .masking(value: try OptionTable.masking.read(keras: config, place))
    case "SimpleRNN": self = .simpleRNN(try OptionTable.simpleRNN.read(keras: config, place))
    case "LSTM": self = .lstm(try OptionTable.lstm.read(keras: config, place))
    case "GRU": self = .gru(try OptionTable.gru.read(keras: config, place))
    case "Bidirectional": self = .bidirectional(try BidirectionalOptions(keras: config, place))
    case "Dense": self = .dense(try OptionTable.dense.read(keras: config, place))
    case "TimeDistributed":
      self = try Self.timeDistributed(try OptionTable.timeDistributed.read(keras: config, place))
    case "LayerNormalization":
      self = .layerNormalization(try OptionTable.layerNormalization.read(keras: config, place))
    case "Dropout": self = .dropout(rate: try OptionTable.dropout.read(keras: config, place))
    case "SpatialDropout1D":
      self = .spatialDropout1D(rate: try OptionTable.spatialDropout1D.read(keras: config, place))
    case "GlobalAveragePooling1D":
      _ = try OptionTable.globalAveragePooling1D.read(keras: config, place)
      self = .globalAveragePooling1D
    case "GlobalMaxPooling1D":
      _ = try OptionTable.globalMaxPooling1D.read(keras: config, place)
      self = .globalMaxPooling1D
    default:
      throw Failure.data(
        "the layer \(place.layer) is none that rnnpipe has", remedy: "docs/model.md lists those it has")
    }
  }

  /// The layer's options as Keras's JSON has them.
  private var kerasOptions: [String: JSONValue] {
    switch self {
    case .embedding(let options): OptionTable.embedding.keras(options)
    case .masking(let value): OptionTable.masking.keras(value)
    case .simpleRNN(let options): OptionTable.simpleRNN.keras(options)
    case .lstm(let options): OptionTable.lstm.keras(options)
    case .gru(let options): OptionTable.gru.keras(options)
    case .bidirectional(let options): ["merge_mode": options.merge.keras]
    case .dense(let options): OptionTable.dense.keras(options)
    case .timeDistributed: [:]
    case .layerNormalization(let options): OptionTable.layerNormalization.keras(options)
    case .dropout(let rate): OptionTable.dropout.keras(rate)
    case .spatialDropout1D(let rate): OptionTable.spatialDropout1D.keras(rate)
    case .globalAveragePooling1D, .globalMaxPooling1D: [:]
    }
  }

  /// The layer as Keras's JSON has it, under these names.
  func keras(_ names: LayerNames) -> JSONValue {
    var config = kerasOptions
    switch self {
    case .bidirectional(let options):
      config["layer"] = options.forward.keras("forward_\(names.wrapped[0])")
      let backward = options.ownBackward == nil ? "backward_\(names.wrapped[0])" : names.wrapped[1]
      config["backward_layer"] = options.backward.keras(backward)
    case .timeDistributed(let options): config["layer"] = LayerSpec.dense(options).keras(names.wrapped[0])
    default: break
    }
    config["name"] = .string(names.name)
    addCommonFacts(to: &config)
    return .kerasObject("keras.layers", kind, config)
  }

  /// What Keras writes of every layer, but for the two whose configs are made otherwise.
  private func addCommonFacts(to config: inout [String: JSONValue]) {
    config["dtype"] = .kerasObject("keras", "DTypePolicy", ["name": "float32"])
    config["trainable"] = true
    switch self {
    case .dense(let options) where options.activityRegularizer == nil: config["activity_regularizer"] = nil
    case .spatialDropout1D: (config["dtype"], config["trainable"]) = ("float32", nil)
    default: break
    }
  }

  private func keras(_ name: String) -> JSONValue { keras(LayerNames(name: name, wrapped: [])) }
}

extension LayerSpec {
  /// The layer as Keras's JSON has it, under its bare name.
  var keras: JSONValue { keras(numberedName) }
}

extension BidirectionalOptions {
  init(keras config: [String: JSONValue], _ place: KerasPlace) throws {
    guard let layer = config["layer"] else { throw place.refuse("'layer' is missing") }
    let forward = try LayerSpec(keras: Self.withoutZeroing(layer))
    let backward = try config["backward_layer"].flatMap {
      $0 == .null ? nil : try LayerSpec(keras: Self.withoutZeroing($0))
    }
    let merge: MergeMode
    do {
      merge = try config["merge_mode"].map { try MergeMode(keras: $0) } ?? .concat
    } catch let unfit as InvalidValue {
      throw place.refuse("'merge_mode' is \(config["merge_mode"]?.text ?? "")", unfit.remedy)
    }
    try place.checkOthers(config, known: ["layer", "backward_layer", "merge_mode"])
    self.init(forward, merge: merge, backward: backward == forward.reversed ? nil : backward)
    self = try checked()
  }

  /// A wrapped layer without the option that Bidirectional itself turns on where all steps go on, as ours does.
  private static func withoutZeroing(_ layer: JSONValue) -> JSONValue {
    guard var members = layer.object, var config = layer["config"]?.object else { return layer }
    config["zero_output_for_mask"] = nil
    members["config"] = .object(config)
    return .object(members)
  }
}
