// How far back a network learns: the gradient of the loss with respect to the state at each time step.

import Failures
import Networks

/// For every recurrent layer and time step the mean over rows of |dL/dh_t|, the Euclidean norm over the
/// units, where L is the row's loss. If it almost vanishes, the network learns nothing from that step.
public struct StateGradients {
  private let names: [String]
  /// Sums over rows, `[layers][steps]`.
  private var sums: [[Double]]
  private var rows = 0

  /// For a network that keeps its state gradients; throws `Failure` (usage) if it has no recurrent layer.
  init(_ network: Network) throws {
    let layers = network.recurrentLayers
    guard !layers.isEmpty else {
      throw Failure.usage("the model has no recurrent layer", at: "--gradients")
    }
    names = network.recurrentNames
    sums = layers.map { [Double](repeating: 0, count: $0.stateGradients?.steps ?? 0) }
  }

  /// Adds the batch whose backward pass the network has just run.
  mutating func add(_ network: Network) {
    // The gradient is that of the batch's mean loss; multiplied by the number of rows, it is that of the row's loss.
    let batch = network.plan.rows
    for (number, layer) in network.recurrentLayers.enumerated() {
      guard let gradients = layer.stateGradients else { continue }
      let values = gradients.array(plan: network.plan)
      for index in 0..<batch * gradients.steps {
        let state = values[index * gradients.width..<(index + 1) * gradients.width]
        let square = state.reduce(0) { $0 + Double($1) * Double($1) }
        sums[number][index % gradients.steps] += Double(batch) * square.squareRoot()
      }
    }
    rows += batch
  }

  /// One line per time step, from 1, with one column per layer; columns of layers with fewer steps end with
  /// empty cells.
  public var csv: String {
    let lines = (0..<(sums.map(\.count).max() ?? 0)).map { step in
      let cells = sums.map { step < $0.count ? "\($0[step] / Double(rows))" : "" }
      return (["\(step + 1)"] + cells).joined(separator: ",")
    }
    return ([(["step"] + names).joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }
}
