// Layers that compute the loss of their own output, because it depends on all steps of a row together.

import Kernels

/// A layer with a loss of its own.
public protocol LossLayer: AnyObject {
  /// Makes the loss write the gradient of the layer's input where `reader`, which reads the output, has its gradient.
  func takeLossGradient(from reader: Activation)

  /// The sum of a shard's losses, after its forward pass.
  ///
  /// - Parameters:
  ///   - targets: class ids, `[steps * rows, 1]`.
  ///   - weights: the weights of each step in the loss and in metrics, `[steps * rows, 2]`; nil if all are 1.
  ///   - scale: the factor from the sum of losses to the batch's loss.
  ///   - hasGradient: whether a backward pass follows.
  func loss(
    _ shard: Shard, targets: Matrix, weights: Matrix?, scale: Float, hasGradient: Bool
  ) -> Double
}

extension Network {
  /// The layer that computes the loss of an output; nil if any loss function can be used.
  public func lossLayer(ofOutput number: Int) -> (any LossLayer)? {
    guard case .node(let node, output: 0) = architecture.topology.outputs[number].source else { return nil }
    return layers[node] as? any LossLayer
  }
}

extension Topology {
  /// Whether the layer of an output computes its own loss.
  public func hasOwnLoss(_ number: Int) -> Bool {
    guard case .node(let node, output: 0) = outputs[number].source else { return false }
    return layers[nodes[node].layer].definition.hasOwnLoss
  }
}
