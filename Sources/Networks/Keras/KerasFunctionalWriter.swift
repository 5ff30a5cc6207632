// Writing a network as a Keras Functional model's JSON, without masks and their operations: Keras recreates them.

import JSON

extension Architecture {
  /// The network as a Functional model; inputs keep their names, and so do the layers that compute its
  /// outputs, if there are several.
  ///
  /// - Parameter rows: the batch size; nil if Keras doesn't need it.
  func kerasFunctional(rows: Int?) -> JSONValue {
    KerasFunctionalWriter(self, rows: rows).json
  }

  /// The layers' names in Keras's files, which must be unique: a layer that computes one of several outputs
  /// has the output's name, and other layers avoid the names of inputs and outputs.
  public var kerasLayerNames: [LayerNames] {
    let outputs = topology.outputs.count > 1 ? topology.outputs : []
    let taken = Set(topology.inputs.map(\.name) + outputs.map(\.name))
    var names = self.names.map { own in
      taken.contains(own.name) ? LayerNames(name: "\(own.name)_layer", wrapped: own.wrapped) : own
    }
    let identities = Set(topology.identityOutputs)
    for (index, output) in outputs.enumerated() where !identities.contains(index) {
      guard case .node(let number, output: 0) = output.source else { continue }
      let layer = topology.nodes[number].layer
      names[layer] = LayerNames(name: output.name, wrapped: names[layer].wrapped)
    }
    return names
  }
}

private struct KerasFunctionalWriter {
  private let architecture: Architecture
  private let topology: Topology
  private let names: [LayerNames]
  private let batch: JSONValue

  init(_ architecture: Architecture, rows: Int?) {
    self.architecture = architecture
    topology = architecture.topology
    names = architecture.kerasLayerNames
    batch = rows.map { .integer(Int64($0)) } ?? .null
  }

  var json: JSONValue {
    let entries = topology.kerasOrder.map { entry -> JSONValue in
      switch entry {
      case .input(let number): input(number)
      case .layer(let number): layer(number)
      case .identity(let number): identity(number)
      }
    }
    let inputs = topology.inputs.map { history($0.name, 0, 0) }
    let identities = Set(topology.identityOutputs)
    let outputs = topology.outputs.enumerated().map { number, output in
      identities.contains(number) ? history(output.name, 0, 0) : history(output.source)
    }
    return .object([
      "module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",
      "config": [
        "name": "functional", "trainable": true, "layers": .array(entries),
        "input_layers": inputs.count == 1 ? inputs[0] : .array(inputs),
        "output_layers": outputs.count == 1 ? outputs[0] : .array(outputs),
      ],
    ])
  }

  private func input(_ number: Int) -> JSONValue {
    let (input, shape) = (topology.inputs[number], architecture.inputs[number])
    let config: [String: JSONValue] = [
      "batch_shape": .array([batch] + shape.extents.map { .integer(Int64($0)) }),
      "dtype": shape.isTokens ? "int32" : "float32", "sparse": false, "ragged": false,
      "name": .string(input.name),
    ]
    return with(JSONValue.kerasObject("keras.layers", "InputLayer", config), name: input.name, calls: [])
  }

  private func layer(_ number: Int) -> JSONValue {
    let calls = topology.nodes.filter { $0.layer == number }.map(call)
    return with(topology.layers[number].keras(names[number]), name: names[number].name, calls: calls)
  }

  private func identity(_ number: Int) -> JSONValue {
    let output = topology.outputs[number]
    let layer = JSONValue.kerasObject(
      "keras.layers", "Identity", ["name": .string(output.name), "trainable": true, "dtype": "float32"])
    return with(layer, name: output.name, calls: [["args": .array([tensor(output.source)]), "kwargs": [:]]])
  }

  private func with(_ layer: JSONValue, name: String, calls: [JSONValue]) -> JSONValue {
    var members = layer.object ?? [:]
    members["name"] = .string(name)
    members["inbound_nodes"] = .array(calls)
    return .object(members)
  }

  private func call(_ node: Topology.Node) -> JSONValue {
    let values = node.inputs.map(tensor)
    let isRecurrent = !topology.layer(node).definition.directions.isEmpty
    let isMerge = type(of: topology.layer(node).definition).arity.upperBound > 1 && !isRecurrent
    let state = isRecurrent ? Array(values.dropFirst()) : []
    return .object([
      "args": .array(isMerge ? [.array(values)] : [values[0]]),
      "kwargs": .object(state.isEmpty ? [:] : ["initial_state": .array(state)]),
    ])
  }

  private func tensor(_ source: Topology.Source) -> JSONValue {
    let shape: ValueShape =
      switch source {
      case .input(let number): architecture.inputs[number]
      case .node(let number, let output): architecture.values[number][output]
      }
    return [
      "class_name": "__keras_tensor__",
      "config": [
        "shape": .array([batch] + shape.extents.map { .integer(Int64($0)) }),
        "dtype": shape.isTokens ? "int32" : "float32", "keras_history": history(source),
      ],
    ]
  }

  private func history(_ source: Topology.Source) -> JSONValue {
    switch source {
    case .input(let number): return history(topology.inputs[number].name, 0, 0)
    case .node(let number, let output):
      let layer = topology.nodes[number].layer
      return history(names[layer].name, topology.nodes[..<number].count { $0.layer == layer }, output)
    }
  }

  private func history(_ name: String, _ call: Int, _ value: Int) -> JSONValue {
    [.string(name), .integer(Int64(call)), .integer(Int64(value))]
  }
}
