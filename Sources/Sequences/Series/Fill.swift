// What replaces the missing values of a series.

import Failures

/// What replaces the missing values of a series.
public enum Fill: Sendable, Equatable {
  /// The value before.
  case previous
  /// The straight line between the values before and after.
  case linear
  /// A number.
  case value(Double)
  /// Nothing: windows that use a missing value are dropped.
  case drop

  /// Reads `--fill`: `previous`, `linear`, `drop`, or a number. Throws `Failure(.usage)` for anything else.
  public init(_ text: String) throws(Failure) {
    switch text {
    case "previous": self = .previous
    case "linear": self = .linear
    case "drop": self = .drop
    default:
      guard let value = NumberFormat().number(ArraySlice(text.utf8)) else {
        throw Failure.usage(
          "\(text) is neither previous, linear, drop nor a number", at: "--fill",
          remedy: "use --fill previous, for example")
      }
      self = .value(value)
    }
  }

  /// The text that `init` reads.
  public var text: String {
    switch self {
    case .previous: "previous"
    case .linear: "linear"
    case .value(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    case .drop: "drop"
    }
  }
}
