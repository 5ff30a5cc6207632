// The error for an invalid value, thrown by code that doesn't know the option's name.

/// A value that is invalid for its option.
public struct InvalidValue: Error {
  /// What would be valid, without a full stop.
  public let remedy: String

  /// - Parameter remedy: what would be valid.
  public init(remedy: String) { self.remedy = remedy }
}
