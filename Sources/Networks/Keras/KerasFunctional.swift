// Reading a Keras Functional model's JSON: layers with their calls become the nodes of a topology
// (keras/src/models/functional.py).

import Failures
import JSON

/// Reads the layers and calls of a Functional model.
struct KerasFunctional {
  /// The layers and their connections; a plain chain if possible.
  private(set) var topology = Topology(chain: [])
  /// The shape of one row of each input, nil for sizes that the file leaves undefined.
  private(set) var inputShapes: [[Int?]?] = []
  /// Keras's names of the outputs.
  private(set) var outputNames: [String] = []
  /// The inputs and layers in the file's order.
  private(set) var order: [Topology.KerasEntry] = []

  private var inputs: [Topology.Input] = []
  private var layers: [LayerSpec] = []
  private var nodes: [Topology.Node] = []
  /// Where the value of each call is: of layer `name` the call and the number of the value.
  private var values: [KerasTensor: Topology.Source] = [:]
  /// The number of each layer once it is in the topology.
  private var numbers: [String: Int] = [:]
  /// The number of each input by Keras's name.
  private var inputNumbers: [String: Int] = [:]
  /// The classes of operations that aren't layers, which compute masks.
  private var operations: [String: String] = [:]
  /// The masks that nodes are called with.
  private var masks: [(node: Int, mask: KerasTensor)] = []

  /// - Throws: `Failure` (data) for a layer, an option or a connection that rnnpipe doesn't support.
  init(_ config: JSONValue) throws {
    guard let entries = config["layers"]?.array, !entries.isEmpty else {
      throw Failure.data("the model has no layers", remedy: "write the file with Keras's model.to_json()")
    }
    guard entries.count <= Topology.mostLayers else {
      throw Failure.data("the model has \(entries.count) layers, more than \(Topology.mostLayers)")
    }
    try readInputs(entries, config["input_layers"] ?? .null)
    try readLayers(entries)
    let given = try Self.leaves(config["output_layers"] ?? .null)
    outputNames = given.map(\.name)
    let outputs = try given.map { name, tensor in
      Topology.Output(name: Topology.columnName(name), source: try source(tensor))
    }
    guard !outputs.isEmpty else { throw Failure.data("the model has no outputs") }
    try finish(outputs)
    try checkMasks()
    order = entries.compactMap { entry in
      guard let name = entry.layerName else { return nil }
      return numbers[name].map { .layer($0) } ?? inputNumbers[name].map { .input($0) }
    }
  }

  // MARK: Inputs

  private mutating func readInputs(_ entries: [JSONValue], _ order: JSONValue) throws {
    for (name, tensor) in try Self.leaves(order) {
      guard let entry = entries.first(where: { $0.layerName == tensor.layer }),
        entry["class_name"] == "InputLayer", let config = entry["config"]
      else { throw Failure.data("the model's input \(tensor.layer) is not an InputLayer") }
      let shape = config["batch_shape"] ?? config["batch_input_shape"]
      let sizes = shape?.array.map { $0.dropFirst().map(\.int) }
      let isInteger = config["dtype"]?.string?.hasPrefix("int") == true
      values[tensor] = .input(inputs.count)
      inputNumbers[tensor.layer] = inputs.count
      inputs.append(
        Topology.Input(name: Topology.columnName(name), isVector: sizes?.count == 1 && !isInteger))
      inputShapes.append(sizes)
    }
  }

  /// The leaves of `input_layers` or `output_layers` (a single value, a list, or an object), with their names.
  private static func leaves(_ json: JSONValue) throws -> [(name: String, tensor: KerasTensor)] {
    if let tensor = KerasTensor(history: json) { return [(tensor.layer, tensor)] }
    if let list = json.array { return try list.flatMap(leaves) }
    guard let members = json.object else {
      throw Failure.data(
        "the model's inputs or outputs can't be read", remedy: "write the file with Keras's model.to_json()")
    }
    return try members.sorted { $0.key < $1.key }.flatMap { key, value in
      if let tensor = KerasTensor(history: value) { return [(name: key, tensor: tensor)] }
      return try leaves(value)
    }
  }

  // MARK: Layers

  /// Goes over the layers until the inputs of all calls exist: the calls of a shared layer may be far apart.
  private mutating func readLayers(_ entries: [JSONValue]) throws {
    var pending: [PendingLayer] = []
    for entry in entries where entry["class_name"] != "InputLayer" {
      if let layer = try PendingLayer(entry) {
        pending.append(layer)
      } else {
        operations[entry.layerName ?? ""] = entry["class_name"]?.string ?? ""
      }
    }
    var isMoving = true
    while isMoving {
      isMoving = false
      for index in pending.indices {
        while let call = pending[index].nextCall, call.inputs.allSatisfy({ values[$0] != nil }) {
          try add(call, of: pending[index])
          pending[index].done += 1
          isMoving = true
        }
      }
    }
    guard let stuck = pending.first(where: { $0.nextCall != nil }), let call = stuck.nextCall else { return }
    for tensor in call.inputs { _ = try source(tensor, of: stuck) }
  }

  private mutating func add(_ call: KerasCall, of layer: PendingLayer) throws {
    guard let spec = layer.spec else {
      values[KerasTensor(layer: layer.name, call: layer.done, value: 0)] = try call.inputs.first.map {
        try source($0)
      }
      return
    }
    let number = numbers[layer.name] ?? layers.count
    if number == layers.count {
      numbers[layer.name] = number
      layers.append(spec)
    }
    for output in 0...spec.stateNames.count {
      values[KerasTensor(layer: layer.name, call: layer.done, value: output)] =
        .node(nodes.count, output: output)
    }
    if let mask = call.mask { masks.append((nodes.count, mask)) }
    nodes.append(
      Topology.Node(layer: number, inputs: try call.inputs.map { try source($0) }, label: nil))
  }

  /// A mask that a layer is called with must be the one that Keras made for its input, by operations of the graph.
  private func checkMasks() throws {
    for (number, mask) in masks {
      let node = topology.nodes[number]
      let hasInitialState = !topology.layer(node).directions.isEmpty && node.inputs.count > 1
      if operations[mask.layer] != nil, !hasInitialState, topology.isMasked(node.inputs[0]) { continue }
      throw Failure.data(
        "the layer \(topology.layer(node).kind) is called with an explicit mask",
        remedy: "remove it: masks come from mask_zero and Masking")
    }
  }

  /// The origin of a value; throws if it isn't a layer's.
  private func source(_ tensor: KerasTensor, of reader: PendingLayer? = nil) throws -> Topology.Source {
    if let source = values[tensor] { return source }
    let reading = reader.map { "the layer \($0.name) (\($0.kind)) reads" } ?? "the model returns"
    if let operation = operations[tensor.layer] {
      throw Failure.data(
        "\(reading) the result of the operation \(operation)",
        remedy: "use a layer instead, such as layers.Add")
    }
    throw Failure.data("\(reading) a value of \(tensor.layer), which doesn't exist")
  }

  // MARK: The topology

  private mutating func finish(_ outputs: [Topology.Output]) throws {
    let chain = Topology(chain: layers)
    if inputs.count == 1, !inputs[0].isVector, Topology.isDefaultName(inputs[0].name), nodes == chain.nodes,
      outputs.map(\.source) == chain.outputs.map(\.source)
    {
      topology = chain
      return
    }
    // An output's statement has the output's name.
    var labeled = nodes
    for output in outputs {
      guard case .node(let number, output: 0) = output.source else { continue }
      let node = labeled[number]
      labeled[number] = Topology.Node(
        layer: node.layer, inputs: node.inputs, label: node.label ?? output.name)
    }
    guard Set(outputs.map(\.name)).count == outputs.count else {
      throw Failure.data("two outputs have the same name", remedy: "give the layers distinct names")
    }
    topology = Topology(inputs: inputs, layers: layers, nodes: labeled, outputs: outputs)
  }
}

/// A layer whose calls wait for their inputs.
private struct PendingLayer {
  let name: String
  let kind: String
  /// Nil for `Identity`.
  let spec: LayerSpec?
  private let calls: [KerasCall]
  /// How many of its calls are in the topology.
  var done = 0

  /// Nil for an operation that isn't a layer.
  init?(_ json: JSONValue) throws {
    if json["module"]?.string?.hasPrefix("keras.src.ops") == true { return nil }
    name = json.layerName ?? "?"
    kind = json["class_name"]?.string ?? "?"
    spec = kind == "Identity" ? nil : try LayerSpec(kerasLayer: json)
    calls = try (json["inbound_nodes"]?.array ?? []).map { [name] in try KerasCall($0, of: name) }
  }

  var nextCall: KerasCall? { done < calls.count ? calls[done] : nil }
}

extension JSONValue {
  /// The name of a layer.
  fileprivate var layerName: String? { self["name"]?.string ?? self["config"]?["name"]?.string }
}
