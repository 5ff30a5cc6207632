// Frozen layers: training leaves their weights as they are, and they have no penalties.

import Failures

extension Architecture {
  /// The architecture with these layers frozen, by Keras's names, as with `trainable=false`.
  /// - Throws: `Failure` (usage) if there is no such layer with weights, or none is left to train.
  public func freezing(_ frozen: [String]) throws -> Architecture {
    guard !frozen.isEmpty else { return self }
    let known = try weightedLayers().filter { !$0.weights.isEmpty }.map(\.name)
    if let name = frozen.first(where: { !known.contains($0) }) {
      throw Failure.usage(
        "there is no layer '\(name)' with weights", at: "--freeze",
        remedy: "the layers are \(known.joined(separator: ", "))")
    }
    let layers = zip(layers, names).map { frozen.contains($1.name) ? $0.frozen : $0 }
    let result = try Architecture(
      Topology(inputs: topology.inputs, layers: layers, nodes: topology.nodes, outputs: topology.outputs),
      inputs: inputs)
    guard try !result.isFrozen else {
      throw Failure.usage("every layer with weights is frozen", at: "--freeze", remedy: "freeze fewer layers")
    }
    return result
  }

  /// Whether there are weights, and training can change none of them.
  public var isFrozen: Bool {
    get throws {
      let weights = try weightedLayers().flatMap(\.weights)
      return !weights.isEmpty && !weights.contains(where: \.isTrainable)
    }
  }
}
