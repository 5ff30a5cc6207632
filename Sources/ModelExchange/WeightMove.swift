// What went where when weights were taken from another program's file.

/// One line of what went where.
public struct WeightMove: Sendable, Equatable {
  /// Where the weights stood in the file.
  public let source: String
  /// The layer that has them now.
  public let layer: String
  /// What they are, such as `nn.LSTM(3, 4)`.
  public let form: String
}
