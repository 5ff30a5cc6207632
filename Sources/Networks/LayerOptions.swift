// The options of the layers that don't walk through time; defaults are Keras's.

import Kernels

/// The options of an embedding.
public struct EmbeddingOptions: Sendable, Equatable {
  /// How many ids there are.
  public var vocabulary: Int
  /// Numbers of an id's vector.
  public var width: Int
  /// How the vectors start.
  public var initializer: Initializer = .uniform(low: -0.05, high: 0.05)
  /// The penalty on the whole table.
  public var regularizer: Regularizer?
  /// Whether id 0 is padding, which the layers behind pass over.
  public var maskZero = false

  /// A table of `vocabulary` vectors of `width` numbers, all else as in Keras.
  public init(vocabulary: Int, width: Int) {
    self.vocabulary = vocabulary
    self.width = width
  }
}

/// The options of a dense layer.
public struct DenseOptions: Sendable, Equatable {
  /// Numbers of the output.
  public var units: Int
  /// What is applied to x W + b.
  public var activation: Dense.Function
  /// Whether there is a bias.
  public var useBias = true
  /// How W starts.
  public var kernelInitializer: Initializer = .glorotUniform
  /// How b starts.
  public var biasInitializer: Initializer = .zeros
  /// The penalty on W.
  public var kernelRegularizer: Regularizer?
  /// The penalty on b.
  public var biasRegularizer: Regularizer?
  /// The penalty on the output.
  public var activityRegularizer: Regularizer?

  /// `units` numbers out, all else as in Keras.
  public init(units: Int, activation: Dense.Function = .elementwise(.linear)) {
    self.units = units
    self.activation = activation
  }
}

/// The options of a layer normalization, over the last axis.
public struct LayerNormalizationOptions: Sendable, Equatable {
  /// What is added to the variance.
  public var epsilon: Float = 1e-3
  /// Whether beta is added.
  public var center = true
  /// Whether the result is multiplied by gamma.
  public var scale = true
  /// How beta starts.
  public var betaInitializer: Initializer = .zeros
  /// How gamma starts.
  public var gammaInitializer: Initializer = .ones
  /// The penalty on beta.
  public var betaRegularizer: Regularizer?
  /// The penalty on gamma.
  public var gammaRegularizer: Regularizer?

  /// Keras's defaults.
  public init() {}
}

/// The options of a recurrent layer that runs both ways.
public struct BidirectionalOptions: Sendable, Equatable {
  /// The layer that walks from the first step to the last.
  public var forward: LayerSpec
  /// How the two outputs are joined.
  public var merge: MergeMode
  /// The layer that walks from the last step to the first, where it isn't as the other.
  public var ownBackward: LayerSpec?

  /// `layer` both ways.
  public init(_ layer: LayerSpec, merge: MergeMode = .concat, backward: LayerSpec? = nil) {
    forward = layer
    self.merge = merge
    ownBackward = backward
  }

  /// The layer that walks from the last step to the first.
  public var backward: LayerSpec { ownBackward ?? forward.reversed }
}
