// How requests are joined.

/// The settings of batches.
public struct BatchSettings: Sendable {
  /// The most rows of a batch; a request with more is computed in parts.
  public var rows = 64
  /// The time for which a batch waits for further rows, from its first one. Rows that come while a batch is computed make
  /// up the next one without any wait.
  public var delay = Duration.zero
  /// The time after which a request that still waits is not answered any more.
  public var longestWait = Duration.seconds(10)
  /// The number of waiting rows above which no further ones are accepted.
  public var mostWaiting = 16_384

  /// The most values that an answer may have.
  public var mostValues = 1 << 20

  /// The usual settings.
  public init() {}
}
