// One axis of a panel: its label, scale and ticks.

/// One axis.
public struct Axis: Sendable, Equatable {
  /// How positions on an axis are scaled.
  public enum Scale: Sendable, Equatable {
    /// Real numbers.
    case linear
    /// Integers: ticks are never placed between them.
    case integer
    /// Seconds since 1970-01-01 00:00 UTC.
    case time
    /// Positive numbers on a logarithmic scale.
    case logarithmic
  }

  /// The axis label.
  public var label: String
  /// The scale.
  public var scale: Scale
  /// Whether the axis always includes zero.
  public var includesZero: Bool
  /// The tick positions; nil for round numbers.
  public var positions: [Double]?
  /// The names of the positions 0, 1, 2, ..., which are then the only ticks; empty for numbers.
  public var names: [String] = []
  /// Positions that are visible whatever the data is, so that several panels have the same range.
  public var covered: [Double] = []

  /// An axis; by default linear, and without zero unless the values come near it.
  public init(_ label: String, scale: Scale = .linear, includesZero: Bool = false) {
    self.label = label
    self.scale = scale
    self.includesZero = includesZero
  }
}
