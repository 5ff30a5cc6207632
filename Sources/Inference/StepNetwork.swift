// A network that takes one row, a time step at a time, and carries its state: the shortest way through the layers,
// without threads.

import Networks
import Training

/// A network for one row of one step.
public final class StepNetwork {
  /// The network, whose state goes on from step to step until `resetState`.
  public let network: Network
  private let pass = Pass(isTraining: false)
  private var order = [0]

  /// - Parameter network: built for one row and for streaming; its weights are set.
  public init(_ network: Network) {
    self.network = network
    for layer in network.layers { layer.prepare(pass) }
  }

  /// Takes the step at `place` of `steps`: a token id, or the numbers of a step.
  public func take(_ steps: DataSet.Input, at place: Int) {
    order[0] = place
    network.begin(rows: 1)
    let shard = network.plan.shard(0, worker: 0)
    switch steps {
    case .tokens(let ids): network.load(tokens: ids, order, first: 0, shard)
    case .features(let values): network.load(features: values, order, first: 0, shard)
    }
    network.beginSharedWork(pass)
    for wave in 0..<network.sharedWaves { network.project(wave: wave, part: 0, worker: 0, pass) }
    network.forward(shard, pass)
  }

  /// The output after the last step.
  public var output: [Float] { network.outputArray() }

  /// Begins a new sequence.
  public func resetState() { network.resetState() }
}
