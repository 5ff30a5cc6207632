// A layer of any kind with its options, before it is built: what architectures are made of.

import Failures
import JSON
import OptionSyntax
import Spelling

/// A layer's kind and options.
public struct LayerSpec: Sendable {
  let definition: any LayerDefinition
  /// Whether training changes its weights, and those of the layers that it wraps: Keras's `trainable`.
  public private(set) var isTrainable = true

  init(_ definition: any LayerDefinition, isTrainable: Bool = true) {
    self.definition = definition
    self.isTrainable = isTrainable
  }

  /// The layer with its weights frozen.
  public var frozen: LayerSpec { LayerSpec(definition, isTrainable: false) }

  /// Its weights, in Keras's order, for these inputs.
  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let read = definition.channelUse == .asRows ? inputs.map(\.ofChannel) : inputs
    return try definition.weights(read).map { isTrainable ? $0 : $0.frozen }
  }

  /// The layer's name in a layers string.
  public var name: String { type(of: definition).name }
  /// Keras's class name.
  public var kind: String { type(of: definition).kerasClass }
  /// Whether Keras has such a layer, and all that it wraps.
  public var isInKeras: Bool { type(of: definition).isInKeras && wrapped.allSatisfy(\.isInKeras) }
  /// The base of Keras's names for layers of this kind, and of weights' names.
  public var numberedName: String { type(of: definition).numberedName }
  /// The layers that it wraps; Keras numbers them before it.
  public var wrapped: [LayerSpec] { definition.wrapped }
  /// What Keras doesn't have: a kind of layer, or a layer's option; nil if it has all.
  public var kerasObstacle: String? {
    if let option = definition.kerasObstacle { return "\(name) with \(option)" }
    return type(of: definition).isInKeras ? wrapped.lazy.compactMap(\.kerasObstacle).first : name
  }
  /// The size of its vocabulary, if it reads token ids.
  public var vocabulary: Int? { definition.vocabulary }
  /// The function that computes its output; nil if there is none.
  public var outputFunction: OutputFunction? { definition.outputFunction }
  /// The recurrent layer, or those of both directions, with their options.
  public var directions: [Direction] {
    definition.directions.map { Direction(kind: type(of: $0).kerasClass, options: $0.options) }
  }

  /// A recurrent layer's kind and options.
  public struct Direction: Sendable {
    /// Keras's class name.
    public let kind: String
    /// Its options.
    public let options: RecurrentOptions
  }
}

extension LayerSpec: Equatable {
  /// Whether both are of one kind with equal options.
  public static func == (a: LayerSpec, b: LayerSpec) -> Bool {
    a.isTrainable == b.isTrainable && a.definition.isEqual(to: b.definition)
  }
}

// MARK: - Layers strings

extension LayerSpec: CustomStringConvertible {
  /// The layer as written in a layers string, without defaults; `parse` reads it back.
  public var description: String {
    let text = definition.text
    guard !isTrainable else { return text }
    return text.hasSuffix(")") ? "\(text.dropLast()),\(Self.frozenText))" : "\(text)(\(Self.frozenText))"
  }

  /// The option that every layer has, as written if it isn't the default.
  private static let frozenText = "trainable=false"
}

extension LayerSpec {
  static let example = "embedding(10000,128) lstm(64,return_sequences) dense(1,sigmoid)"

  /// The layers of a chain; throws `Failure` (usage) with the nearest known name.
  public static func parse(_ text: String) throws -> [LayerSpec] {
    try chain(CallSyntax.parse(text, subject: "layers", example: example))
  }

  /// The layers of a chain, in which nothing can read a state.
  static func chain(_ calls: [CallSyntax]) throws -> [LayerSpec] {
    try calls.map { call in
      let layer = try LayerSpec(call)
      guard layer.definition.directions.allSatisfy({ !$0.options.returnState }) else {
        throw Failure.usage(
          "layer \(layer.name): 'return_state' isn't supported",
          remedy: "in a chain of layers nothing reads the state: remove it")
      }
      return layer
    }
  }

  init(_ syntax: CallSyntax) throws {
    guard let kind = LayerCatalog.kind(named: syntax.name) else {
      throw Failure.usage(
        "unknown layer '\(syntax.name)'", remedy: suggestion(for: syntax.name, among: LayerCatalog.names))
    }
    var syntax = syntax
    isTrainable = try Self.takeTrainable(from: &syntax)
    definition = try kind.init(syntax)
  }

  /// Removes the option that every layer has from a call; returns its value.
  private static func takeTrainable(from syntax: inout CallSyntax) throws -> Bool {
    let given = syntax.arguments.filter { $0.key == "trainable" }
    syntax.arguments.removeAll { $0.key == "trainable" }
    var arguments = try CallArguments(
      CallSyntax(name: syntax.name, arguments: given), subject: "layer \(syntax.name)", positions: 0)
    return try arguments.flag("trainable") ?? true
  }
}

extension LayerSpec: OptionValue {
  init(written value: CallSyntax.Value) throws {
    guard case .call(let call) = value else { throw InvalidValue(remedy: "a layer, such as lstm(32)") }
    try self.init(call)
  }

  var written: String { description }

  init(keras json: JSONValue) throws { try self.init(kerasLayer: json) }

  var keras: JSONValue { keras(numberedName) }
}

// MARK: - Keras's JSON

extension LayerSpec {
  /// A layer of Keras's JSON; throws `Failure` (data) if rnnpipe doesn't support the layer or an option.
  init(kerasLayer json: JSONValue) throws {
    guard let kind = json["class_name"]?.string, let config = json["config"]?.object else {
      throw Failure.data(
        "a layer has no class_name or no config", remedy: "write the file with Keras's model.to_json()")
    }
    let location = KerasLocation(layer: "\(config["name"]?.string ?? "?") (\(kind))")
    guard let definition = LayerCatalog.kind(kerasClass: kind) else {
      throw Failure.data(
        "the layer \(location.layer) isn't supported", remedy: "docs/model.md lists the supported layers")
    }
    guard let isTrainable = (config["trainable"] ?? true).bool else {
      throw location.refuse("'trainable' is \(config["trainable"]?.text ?? "")", "true or false")
    }
    self.isTrainable = isTrainable
    self.definition = try definition.init(keras: config.filter { $0.key != "trainable" }, location)
  }

  /// The layer in Keras's JSON, with these names.
  func keras(_ names: LayerNames) -> JSONValue {
    var config = definition.keras(names)
    config["name"] = .string(names.name)
    definition.addCommonConfig(to: &config)
    let layer = JSONValue.kerasObject("keras.layers", kind, config)
    return isTrainable ? layer : Self.frozen(layer)
  }

  /// A layer's JSON with it and the layers that it wraps frozen, as Keras writes them: there a wrapper alone would
  /// freeze nothing.
  private static func frozen(_ layer: JSONValue) -> JSONValue {
    guard var members = layer.object, var config = layer["config"]?.object else { return layer }
    if config["trainable"] != nil { config["trainable"] = false }
    for key in ["layer", "backward_layer"] { config[key] = config[key].map(frozen) }
    if let layers = config["layers"]?.array { config["layers"] = .array(layers.map(frozen)) }
    members["config"] = .object(config)
    return .object(members)
  }

  /// The layer in Keras's JSON, with this name.
  func keras(_ name: String) -> JSONValue { keras(LayerNames(name: name, wrapped: [])) }
}
