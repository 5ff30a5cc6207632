// The logits z of a layer's output y = f(z). Cross-entropies after sigmoid or softmax are computed from z, which is
// exact, and their derivative with respect to z is simply y - target.

import Kernels

/// The logits of a layer's output.
public final class Logits {
  /// z, with the output's shape.
  public let values: Activation
  /// f.
  public let function: OutputFunction
  /// The memory to which the loss writes dL/dz; nil if it writes dL/dy like any other reader.
  private var lossGradient: Activation?

  init(_ values: Activation, _ function: OutputFunction) {
    self.values = values
    self.function = function
  }

  /// Makes the loss, which reads the output as `reader`, write dL/dz instead of dL/dy.
  public func takeLossGradient(from reader: Activation) { lossGradient = reader }

  func takesLossGradient(in reader: Activation) -> Bool { lossGradient === reader }

  /// dL/dz as written by the loss, if nothing else reads `output`.
  /// - Parameter steps: the steps that are computed; nil for all.
  func onlyGradient(of output: Activation, _ shard: Shard, _ steps: Range<Int>? = nil) -> Matrix? {
    lossGradient === output ? output.gradients(shard, steps ?? output.allSteps) : nil
  }

  /// dL/dz as written by the loss, in addition to the gradients dL/dy of other readers of `output`.
  /// - Parameter steps: the steps that are computed; nil for all.
  func furtherGradient(of output: Activation, _ shard: Shard, _ steps: Range<Int>? = nil) -> Matrix? {
    lossGradient.flatMap { $0 === output ? nil : $0.gradients(shard, steps ?? output.allSteps) }
  }
}
