// The error of a value that an option can't have, before anyone knows which option it was written for.

/// A written value that its option can't have.
public struct InvalidValue: Error {
  /// What would be valid, without a full stop.
  public let remedy: String

  /// - Parameter remedy: what would be valid.
  public init(remedy: String) { self.remedy = remedy }
}
