// The values of a trial's parameters.

/// A value for each parameter that has one.
public struct Configuration: Sendable, Hashable {
  /// Values as texts, by parameter.
  public var values: [String: String]

  /// A configuration with these values.
  public init(_ values: [String: String] = [:]) { self.values = values }

  /// The value of a parameter; nil if its condition doesn't hold.
  public subscript(name: String) -> String? {
    get { values[name] }
    set { values[name] = newValue }
  }
}
