// Where bytes go: what writers of every format are plugged into.

/// Something bytes can be written to, in order.
public protocol ByteSink {
  /// Takes all of `bytes`.
  mutating func write(_ bytes: [UInt8]) throws
}

/// Thrown if the reader of our output has gone away: no fault, the stage ends quietly.
public struct ClosedPipe: Error, Sendable, Equatable {
  /// The one value.
  public init() {}
}
