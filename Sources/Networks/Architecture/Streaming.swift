// Networks that process a sequence step by step: all recurrent layers keep their state, so the cost of a step doesn't
// depend on the length of the sequence so far.

import Failures

extension Architecture {
  /// The same layers for one step at a time; throws `Failure` (usage) if a layer needs the whole sequence.
  public func streaming() throws -> Architecture {
    for layer in layers {
      guard let reason = layer.definition.streamingObstacle else { continue }
      throw refusal("\(layer.name) \(reason)")
    }
    guard inputs.count == 1 else { throw refusal("it reads \(inputs.count) columns") }
    guard topology.outputs.count == 1 else { throw refusal("it has \(topology.outputs.count) outputs") }
    for node in topology.nodes where node.inputs.count > 1 {
      let layer = topology.layer(node)
      guard layer.definition.directions.isEmpty else { throw refusal("\(layer.name) has an initial state") }
    }
    return try with(steps: 1)
  }

  private func refusal(_ reason: String) -> Failure {
    Failure.usage(
      "the model can't process a sequence step by step: \(reason)", remedy: "predict whole sequences")
  }
}

extension ModelFile {
  /// A network with these weights for one row, step by step: it keeps its state until `resetState` is called.
  ///
  /// - Throws: `Failure` (usage) if a layer needs the whole sequence, (data) if a weight is missing or
  ///   misshapen.
  public func streamingNetwork() throws -> Network {
    let network = try Network(
      architecture.streaming(), rows: 1, workers: 1, isTraining: false, isStreaming: true)
    try network.assign(weights)
    return network
  }
}
