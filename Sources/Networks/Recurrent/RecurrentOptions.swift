// The options that SimpleRNN, LSTM and GRU have in Keras; defaults are Keras's.

import Kernels

/// The options of a recurrent layer.
public struct RecurrentOptions: Sendable, Equatable {
  /// H, the number of units.
  public var units: Int
  /// For the candidate and the output.
  public var activation: ActivationKind = .tanh
  /// For the gates; SimpleRNN has none.
  public var recurrentActivation: ActivationKind = .sigmoid
  /// Whether the cell has a bias.
  public var useBias = true
  /// The initializer of W.
  public var kernelInitializer: Initializer = .glorotUniform
  /// The initializer of U.
  public var recurrentInitializer: Initializer = .orthogonal
  /// The initializer of b; of an LSTM's forget gate only if `unitForgetBias` is off.
  public var biasInitializer: Initializer = .zeros
  /// LSTM: whether the forget gate's bias is initialized to one.
  public var unitForgetBias = true
  /// The penalty on W.
  public var kernelRegularizer: Regularizer?
  /// The penalty on U.
  public var recurrentRegularizer: Regularizer?
  /// The penalty on b.
  public var biasRegularizer: Regularizer?
  /// The penalty on the layer's output.
  public var activityRegularizer: Regularizer?
  /// The fraction of the input's values dropped in training, the same at every step of a row.
  public var dropout: Float = 0
  /// The fraction of the state's values dropped in training, the same at every step of a row, with a
  /// mask for each gate.
  public var recurrentDropout: Float = 0
  /// Whether the outputs of all steps are returned, or only the last one.
  public var returnSequences = false
  /// Whether the states after the last step are values that other layers can read.
  public var returnState = false
  /// Whether the steps are processed from last to first.
  public var goBackwards = false
  /// Whether a row begins with the final state of the same row in the previous batch.
  public var stateful = false
  /// GRU: whether the reset gate applies after the product with U.
  public var resetAfter = true

  /// `units` units, and Keras's defaults for all other options.
  public init(units: Int) { self.units = units }

  var activations: CellActivations { CellActivations(activation: activation, recurrent: recurrentActivation) }

  /// The number of columns of a gate in memory.
  var gateWidth: Int { max(units, 16) }
}
