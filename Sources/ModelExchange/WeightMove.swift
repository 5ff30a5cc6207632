// The record of which weights of another program's file went into which layer.

/// The origin of one layer's weights.
public struct WeightMove: Sendable, Equatable {
  /// Where the weights were in the file.
  public let source: String
  /// The layer that has them now.
  public let layer: String
  /// What they are, such as `nn.LSTM(3, 4)`.
  public let form: String
}
