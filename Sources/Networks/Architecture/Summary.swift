// A model as Keras's `summary()` shows it: a line for each layer, with output shape, number of parameters, and in a
// graph the layers that it reads.

/// One line of a summary.
public struct LayerSummary: Sendable, Equatable {
  /// Keras's name, such as `lstm_1`; of an input, its column's.
  public let name: String
  /// Keras's class, such as `LSTM`.
  public let kind: String
  /// The shape of one row of the output.
  public let outputShape: [Int]
  /// How many numbers are learned.
  public let parameters: Int
  /// What it reads, as Keras writes it: `lstm[0][1]` is the second value that the layer's first place gives.
  public let connectedTo: [String]
}

extension Architecture {
  /// The layers with their shapes and parameter counts, without building them; in a graph the inputs first.
  public func summary() throws -> [LayerSummary] {
    let inputs = zip(topology.inputs, inputs).map { input, shape in
      LayerSummary(
        name: input.name, kind: "InputLayer", outputShape: shape.extents, parameters: 0, connectedTo: [])
    }
    return (topology.isChain ? [] : inputs)
      + (try weightedLayers().map { layer in
        let places = topology.nodes.indices.filter { topology.nodes[$0].layer == layer.number }
        return LayerSummary(
          name: layer.name, kind: layer.kind,
          outputShape: places.first.map { values[$0][0].extents } ?? [],
          parameters: layer.weights.reduce(0) { $0 + $1.spec.count },
          connectedTo: places.flatMap { topology.nodes[$0].inputs.map(reference) })
      })
  }

  /// A value as Keras writes it in a summary.
  private func reference(_ source: Topology.Source) -> String {
    switch source {
    case .input(let number): return "\(topology.inputs[number].name)[0][0]"
    case .node(let number, let output):
      let layer = topology.nodes[number].layer
      let place = topology.nodes[..<number].count { $0.layer == layer }
      return "\(names[layer].name)[\(place)][\(output)]"
    }
  }
}
