// A network that processes a single row one time step at a time and keeps its state, without threads.

import Failures
import Networks
import Training

/// A network that processes the steps of a sequence one after the other.
protocol SingleStepNetwork: AnyObject {
  /// Processes step `index` of `steps`: a token id, or the numbers of a step.
  /// - Throws: `Failure` (data) if its numbers are too large.
  func run(_ steps: DataSet.Input, at index: Int) throws
  /// The output after the last step.
  var output: [Float] { get }
  /// Starts a new sequence.
  func resetState()
}

extension LowLatencyNetwork: SingleStepNetwork {
  func run(_ steps: DataSet.Input, at index: Int) throws {
    switch steps {
    case .tokens(let ids): run(token: Int(ids[index]))
    case .features(let values):
      let start = index * inputWidth
      if let value = values[start..<start + inputWidth].first(where: { !($0.magnitude <= largestInput) }) {
        throw Failure.data(
          "the number \(value), as scaled for the model, is too large for --low-latency",
          remedy: "omit --low-latency, or correct the number")
      }
      run(values, from: start)
    }
  }
}

/// A network for one row of one step.
public final class StepNetwork: SingleStepNetwork {
  /// The network, which keeps its state from step to step until `resetState`.
  public let network: Network
  private let pass = Pass(isTraining: false)
  private var order = [0]

  /// - Parameter network: a network with weights, built for one row and for streaming.
  public init(_ network: Network) {
    self.network = network
    for layer in network.layers { layer.prepare(pass) }
  }

  /// Processes step `index` of `steps`: a token id, or the numbers of a step.
  public func run(_ steps: DataSet.Input, at index: Int) {
    order[0] = index
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

  /// Starts a new sequence.
  public func resetState() { network.resetState() }
}
