// The destination of bytes for the writers of all formats.

/// Something bytes can be written to, in order.
public protocol ByteSink {
  /// Writes all of `bytes`.
  mutating func write(_ bytes: [UInt8]) throws
}

/// Thrown if the reader of the output has closed it: not an error, the stage ends quietly.
public struct ClosedPipe: Error, Sendable, Equatable {
  /// The one value.
  public init() {}
}
