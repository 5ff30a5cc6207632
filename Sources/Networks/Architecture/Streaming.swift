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
    guard inputs.count == 1 else { throw refusal("it reads \(counted(inputs.count, "column"))") }
    guard topology.outputs.count == 1 else {
      throw refusal("it has \(counted(topology.outputs.count, "output"))")
    }
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

extension Architecture {
  /// Throws `Failure` (usage) unless the output at each step of the first input depends on that step and earlier ones
  /// alone. Other inputs with steps, such as what is known of the future, are read step by step with it; values without
  /// steps are whole.
  public func checkStepByStep() throws {
    var dependent: [Bool] = []
    func depends(_ source: Topology.Source) -> Bool {
      switch source {
      case .input(let number): ["x", "known"].contains(topology.inputs[number].name)
      case .node(let number, _): dependent[number]
      }
    }
    for node in topology.nodes {
      let reads = node.inputs.map(depends)
      dependent.append(reads.contains(true))
      guard reads.contains(true) else { continue }
      let layer = topology.layer(node)
      let hasState = !layer.definition.directions.isEmpty && node.inputs.count > 1
      if let reason = hasState ? "has an initial state" : layer.definition.streamingObstacle {
        throw Failure.usage(
          "forecasts are fed back step by step, but the layer \(layer.name) \(reason)", at: "--distribution",
          remedy: "use recurrent layers that run forward, and layers of single steps")
      }
    }
  }

  /// The same layers for sequences of another length.
  /// - Parameter steps: the steps of the inputs that are read step by step.
  public func unrolled(steps: Int) throws -> Architecture {
    try with(
      inputs: zip(topology.inputs, inputs).map {
        ["x", "known"].contains($0.name) ? $1.with(steps: steps) : $1
      })
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

  /// A network with these weights for sequences of `steps` steps, whose recurrent layers begin with the states that they
  /// ended with, until `resetState` is called.
  ///
  /// - Parameters:
  ///   - rows: the maximum number of rows.
  ///   - workers: the maximum number of threads that process it.
  /// - Throws: `Failure` (data) if a weight is missing or misshapen.
  public func continuingNetwork(steps: Int, rows: Int, workers: Int) throws -> Network {
    let network = try Network(
      architecture.unrolled(steps: steps), rows: rows, workers: workers, isTraining: false, isStreaming: true,
      keepsActivations: true)
    try network.assign(weights)
    return network
  }
}

extension Network {
  /// Continues from the states that another network of the same layers ended with.
  /// - Parameter rows: row i continues row `rows[i]` of the other network.
  public func continueStates(of other: Network, rows: [Int]) {
    for (own, given) in zip(carriedStates, other.carriedStates) { own.copy(given, rows: rows) }
  }
}
