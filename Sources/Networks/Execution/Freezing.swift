// Frozen layers: training leaves their weights as they are, and they have no penalties.

import Failures

extension Network {
  /// Freezes the weights of layers, by Keras's names, as Keras does with `trainable=False`.
  /// - Throws: `Failure` (usage) if there is no such layer with weights, or none is left to train.
  public func freeze(_ names: [String]) throws {
    let known = try architecture.weightedLayers().filter { !$0.weights.isEmpty }.map(\.name)
    for name in names {
      guard known.contains(name) else {
        throw Failure.usage(
          "there is no layer '\(name)' with weights", at: "--freeze",
          remedy: "the layers are \(known.joined(separator: ", "))")
      }
      store.freeze(layer: name)
    }
    guard names.isEmpty || parameters.contains(where: { !$0.isFrozen }) else {
      throw Failure.usage("every layer with weights is frozen", at: "--freeze", remedy: "freeze fewer layers")
    }
  }
}
