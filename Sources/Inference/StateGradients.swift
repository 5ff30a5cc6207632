// How far back a network learns: the gradient of the loss that reaches each time step's state.

import Failures
import Networks

/// For every recurrent layer and time step the mean over rows of |dL/dh_t|, the Euclidean norm over the
/// units, where L is the row's own loss. Where it is next to nothing, nothing is learned from that step.
public struct StateGradients {
  private let names: [String]
  /// Sums over rows, `[layers][steps]`.
  private var sums: [[Double]]
  private var rows = 0

  /// For a network that keeps its state gradients; throws where it has no recurrent layer.
  init(_ network: Network) throws {
    let layers = network.recurrentLayers
    guard !layers.isEmpty else {
      throw Failure.usage("the model has no recurrent layer", at: "--gradients")
    }
    names = layers.map(\.name)
    sums = layers.map { [Double](repeating: 0, count: $0.stateGradients?.steps ?? 0) }
  }

  /// Adds the batch that the network has just run backward.
  mutating func add(_ network: Network) {
    // The gradient is that of the batch's mean loss: as many times that is the row's own.
    let batch = network.plan.rows
    for (index, layer) in network.recurrentLayers.enumerated() {
      guard let gradients = layer.stateGradients else { continue }
      let values = gradients.array(plan: network.plan)
      for place in 0..<batch * gradients.steps {
        let state = values[place * gradients.width..<(place + 1) * gradients.width]
        let square = state.reduce(0) { $0 + Double($1) * Double($1) }
        sums[index][place % gradients.steps] += Double(batch) * square.squareRoot()
      }
    }
    rows += batch
  }

  /// A line a time step, from 1, with a column for each layer.
  public var csv: String {
    let lines = (0..<(sums.first?.count ?? 0)).map { step in
      (["\(step + 1)"] + sums.map { "\($0[step] / Double(rows))" }).joined(separator: ",")
    }
    return ([(["step"] + names).joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }
}
