// The objective of a model whose file doesn't name one: what is usual for the activations of its outputs.

import Networks

extension ObjectiveText {
  /// The loss for an output with this activation.
  static func usualLoss(_ function: OutputFunction?) -> String {
    switch function {
    case .softmax: "sparse_categorical_crossentropy"
    case .elementwise(.sigmoid): "binary_crossentropy"
    default: "mse"
    }
  }

  /// The metric for a loss.
  static func usualMetric(_ loss: String) -> String { loss.contains("crossentropy") ? "accuracy" : "mae" }

  /// The usual objective of a network.
  /// - Parameter loss: the loss to use instead of the outputs' usual ones.
  init(usualFor topology: Topology, loss: String?) {
    let names = topology.outputs.map(\.name)
    let losses = names.indices.map { Self.usualLoss(topology.outputFunction($0)) }
    guard names.count > 1 else {
      self.init(loss: loss ?? losses[0], metrics: [Self.usualMetric(loss ?? losses[0])])
      return
    }
    self.init(
      loss: loss ?? zip(names, losses).map { "\($0): \($1)" }.joined(separator: "; "),
      metrics: zip(names, losses).map { "\($0): \(Self.usualMetric($1))" })
  }
}
