// The error for an invalid value, thrown if the option's name isn't known.

/// A value that is invalid for its option.
public struct InvalidValue: Error {
  /// What would be valid, without a full stop.
  public let remedy: String

  /// - Parameter remedy: what would be valid.
  public init(remedy: String) { self.remedy = remedy }
}
