// A layer, or a chain of layers, applied to every step of a sequence. The layers that can be wrapped treat
// each step of a sequence like a vector, so they process the whole sequence at once.

import Failures
import JSON
import OptionSyntax

/// Keras's TimeDistributed, around a layer or a Sequential.
struct TimeDistributed: LayerDefinition {
  static let table = OptionTable(
    name: "time_distributed", defaults: TimeDistributed(inner: InnerChain(layers: [])), positions: 1,
    required: 1,
    options: [CallOption("layer", \.inner, "a layer, or several in braces: {dense(8,relu) dense(2)}")])
  static let kerasClass = "TimeDistributed"
  static let outputHelp = "(steps, width of the last layer)"

  var inner: InnerChain

  var wrapped: [LayerSpec] { inner.layers }

  func checked() throws -> TimeDistributed {
    guard let other = inner.layers.first(where: { !$0.definition.worksOnEachStep }) else { return self }
    throw Failure.usage(
      "layer time_distributed: \(other.name) can't be wrapped",
      remedy: "it wraps layers of a single step, such as dense; other layers process every step by themselves"
    )
  }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let (steps, width) = try sequence(inputs[0])
    let last = try inner.layers.reduce(ValueShape.vector(width: width)) { shape, layer in
      try layer.definition.outputs([shape])[0]
    }
    return [.sequence(steps: steps, width: last.width)]
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    var shape = ValueShape.vector(width: inputs[0].width)
    return try zip(inner.layers, inner.names).flatMap { layer, name -> [WeightSpec] in
      let weights = try layer.weights([shape])
      shape = try layer.definition.outputs([shape])[0]
      return weights.map { $0.held(role: inner.prefix(name), holder: inner.holder(name)) }
    }
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    var current = inputs[0].activation
    var layers: [any Layer] = []
    for (number, (layer, name)) in zip(inner.layers, inner.names).enumerated() {
      let context = context.inner(inner.prefix(name), number: inner.isChain ? number + 1 : 0)
      layers.append(try layer.definition.make([.values(current)], context))
      current = layers[number].output
    }
    return ChainLayer(layers)
  }

  var takesMask: Bool { true }
  var outputFunction: OutputFunction? { inner.layers.last?.outputFunction }

  init(inner: InnerChain) { self.inner = inner }

  init(keras config: [String: JSONValue], _ location: KerasLocation) throws {
    guard let layer = config["layer"] else { throw location.refuse("'layer' is missing") }
    if layer["class_name"] == "Sequential" {
      let layers = layer["config"]?["layers"]?.array ?? []
      inner = InnerChain(
        layers: try layers.filter { $0["class_name"] != "InputLayer" }.map(LayerSpec.init(kerasLayer:)),
        isChain: true)
      guard !inner.layers.isEmpty else { throw location.refuse("the Sequential has no layers") }
    } else {
      inner = InnerChain(layers: [try LayerSpec(kerasLayer: layer)])
    }
    try location.checkOthers(config, known: ["layer"])
    self = try checked()
  }

  func keras(_ names: LayerNames) -> [String: JSONValue] {
    guard inner.isChain else { return ["layer": inner.layers[0].keras(names.wrapped[0])] }
    let layers = zip(inner.layers, names.wrapped).map { $0.keras($1) }
    return [
      "layer": .kerasObject("keras", "Sequential", ["name": "sequential", "layers": .array(layers)])
    ]
  }
}

/// What time_distributed wraps.
struct InnerChain: Equatable, Sendable {
  /// The layers, in order.
  var layers: [LayerSpec]
  /// Whether they are a chain, whose layers have names; else a single layer.
  var isChain = false

  /// The names of the layers within the chain, numbered by kind.
  var names: [String] {
    var numbering = LayerNumbering()
    return layers.map { numbering.name($0) }
  }

  /// The prefix of the roles of a layer's weights.
  func prefix(_ name: String) -> String { isChain ? "\(name)." : "" }

  /// The path of a layer in Keras's files.
  func holder(_ name: String) -> String { isChain ? "layer/layers/\(name)" : "layer" }
}

extension InnerChain: OptionValue {
  init(written value: CallSyntax.Value) throws {
    switch value {
    case .group(let calls): self.init(layers: try calls.map(LayerSpec.init), isChain: true)
    case .call(let call): self.init(layers: [try LayerSpec(call)])
    case .word(let word):
      guard LayerCatalog.names.contains(word) else {
        throw InvalidValue(remedy: "a layer, such as dense(32)")
      }
      self.init(layers: [try LayerSpec(CallSyntax(name: word))])
    }
  }

  var written: String {
    let text = layers.map(\.description).joined(separator: " ")
    return isChain ? "{\(text)}" : text
  }

  init(keras json: JSONValue) throws { self.init(layers: [try LayerSpec(kerasLayer: json)]) }

  var keras: JSONValue { .array(layers.map(\.keras)) }
}

/// A chain of layers as one layer. Its output has no logits: after a TimeDistributed,
/// Keras computes losses from the output, not from the logits.
final class ChainLayer: Layer {
  let outputs: [Activation]
  private let layers: [any Layer]

  init(_ layers: [any Layer]) {
    self.layers = layers
    let last = layers[layers.count - 1].output
    last.logits = nil
    outputs = [last]
  }

  func prepare(_ pass: Pass) { for layer in layers { layer.prepare(pass) } }

  func forward(_ shard: Shard, _ pass: Pass) { for layer in layers { layer.forward(shard, pass) } }

  func backward(_ shard: Shard, _ pass: Pass) {
    for index in layers.indices.reversed() { layers[index].backward(shard, pass) }
  }
}
