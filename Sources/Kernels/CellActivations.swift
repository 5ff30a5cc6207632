// The activation functions of a recurrent cell, as its kernels take them.

/// The activation functions of a recurrent layer.
public struct CellActivations: Sendable {
  /// For the candidate and the output.
  public var activation: ActivationKind
  /// For the gates.
  public var recurrent: ActivationKind

  /// Keras's defaults are tanh and sigmoid, for which the kernels are specialized.
  public init(activation: ActivationKind, recurrent: ActivationKind) {
    self.activation = activation
    self.recurrent = recurrent
  }

  /// Whether the backward pass needs the inputs of either function.
  public var needInputs: Bool { activation.needsInput || recurrent.needsInput }

  var isDefault: Bool { activation == .tanh && recurrent == .sigmoid }
}
