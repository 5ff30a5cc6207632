// A summary of a model like Keras's `summary()`: a line for each layer with output shape, number of parameters, and
// in a graph the layers that it reads.

/// A line of a summary.
public struct LayerSummary: Sendable, Equatable {
  /// Keras's name, such as `lstm_1`; for an input, the name of its column.
  public let name: String
  /// Keras's class, such as `LSTM`.
  public let kind: String
  /// The shape of one row of the output, and of the states that are read.
  public let outputShapes: [[Int]]
  /// The number of parameters.
  public let parameters: Int
  /// How many of them training can change.
  public let trainable: Int
  /// The values that it reads in Keras's format: `lstm[0][1]` is the second value of the layer's first use.
  public let connectedTo: [String]
}

extension Architecture {
  /// The layers with their shapes and parameter counts, without building them; for a graph also the inputs, in
  /// Keras's order.
  public func summary() throws -> [LayerSummary] {
    let layers = try weightedLayers()
    guard !topology.isChain else { return layers.map(summary) }
    return topology.kerasOrder.compactMap { entry in
      switch entry {
      case .input(let number):
        LayerSummary(
          name: topology.inputs[number].name, kind: "InputLayer", outputShapes: [inputs[number].extents],
          parameters: 0, trainable: 0, connectedTo: [])
      case .layer(let number): summary(layers[number])
      case .identity: nil
      }
    }
  }

  private func summary(_ layer: WeightedLayer) -> LayerSummary {
    let uses = topology.nodes.indices.filter { topology.nodes[$0].layer == layer.number }
    let shapes = uses.first.map { values[$0].map(\.extents) } ?? []
    return LayerSummary(
      name: layer.name, kind: layer.kind,
      outputShapes: uses.contains(where: readsStates) ? shapes : Array(shapes.prefix(1)),
      parameters: layer.weights.reduce(0) { $0 + $1.spec.count },
      trainable: layer.weights.filter(\.isTrainable).reduce(0) { $0 + $1.spec.count },
      connectedTo: uses.flatMap { topology.nodes[$0].inputs.map(reference) })
  }

  /// Whether a state of a node is read or is an output.
  private func readsStates(of node: Int) -> Bool {
    (topology.nodes.flatMap(\.inputs) + topology.outputs.map(\.source)).contains { source in
      if case .node(node, let output) = source { return output > 0 }
      return false
    }
  }

  /// A value in the format of Keras's summary.
  private func reference(_ source: Topology.Source) -> String {
    switch source {
    case .input(let number): return "\(topology.inputs[number].name)[0][0]"
    case .node(let number, let output):
      let layer = topology.nodes[number].layer
      let use = topology.nodes[..<number].count { $0.layer == layer }
      return "\(names[layer].name)[\(use)][\(output)]"
    }
  }
}
