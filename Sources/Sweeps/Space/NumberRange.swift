// A range of numbers that a parameter can have: real or whole, on a linear or a logarithmic scale, with or without steps.
//
// Numbers are drawn on an inner axis, which is the logarithm on a logarithmic scale. A value of a range with steps stands
// for the cell around it on that axis, so that the first and the last one are as likely as the others.

import Glibc

/// The numbers from `low` to `high`.
public struct NumberRange: Sendable, Equatable {
  /// The least and the largest value.
  public let low, high: Double
  /// The distance of the values; nil for all of them.
  public let step: Double?
  /// Whether numbers are drawn uniformly by their logarithm.
  public let isLogarithmic: Bool
  /// Whether the values are whole numbers.
  public let isWhole: Bool

  /// A range whose `low` is below `high`; positive on a logarithmic scale; with a step, the last value is the last one
  /// that steps from `low` reach. Whole numbers have a step of 1 unless another is given.
  init(low: Double, high: Double, step: Double?, isLogarithmic: Bool, isWhole: Bool) {
    let step = step ?? (isWhole ? 1 : nil)
    (self.low, self.step, self.isLogarithmic, self.isWhole) = (low, step, isLogarithmic, isWhole)
    self.high = step.map { decimal(low + ((high - low) / $0 + 1e-9).rounded(.down) * $0, digits: 12) } ?? high
  }

  /// The number of values; nil if they are too many to be counted.
  public var count: Int? {
    guard let step else { return nil }
    let count = ((high - low) / step).rounded() + 1
    return count < 1e9 ? Int(count) : nil
  }

  /// The value at a position below `count`.
  func value(at index: Int) -> Double { decimal(low + Double(index) * (step ?? 0), digits: 12) }

  /// The inner axis, from its lower to its upper end.
  var axis: (low: Double, high: Double) { (cell(of: low).low, cell(of: high).high) }

  /// The cell of a value on the inner axis; a single point without steps.
  func cell(of value: Double) -> (low: Double, high: Double) {
    let half = (step ?? 0) / 2
    return (inner(value - half), inner(value + half))
  }

  /// A value's position on the inner axis.
  func inner(_ value: Double) -> Double { isLogarithmic ? log(value) : value }

  /// The value at a position of the inner axis: of those with steps, the nearest; else rounded to six digits.
  func value(atInner position: Double) -> Double {
    let value = isLogarithmic ? exp(position) : position
    guard let step else { return min(high, max(low, decimal(value, digits: 6))) }
    let index = ((value - low) / step).rounded()
    return min(high, max(low, decimal(low + index * step, digits: 12)))
  }

  /// A value as it is written into commands.
  func text(_ value: Double) -> String { isWhole ? "\(Int(value))" : "\(value)" }

  /// The range in the syntax of spaces.
  public var text: String {
    let ends = "\(text(low))..\(text(high))"
    let steps = step.flatMap { isWhole && $0 == 1 ? nil : ":step=\(text($0))" } ?? ""
    return ends + steps + (isLogarithmic ? ":log" : "")
  }
}

/// The number with `digits` significant digits that is nearest to `value`.
func decimal(_ value: Double, digits: Int) -> Double {
  guard value.isFinite, value != 0 else { return value }
  let exponent = digits - 1 - Int(log10(value.magnitude).rounded(.down))
  // Powers of ten are exact, so that a single division gives the number nearest to the decimal one.
  let scale = pow(10, Double(exponent.magnitude))
  guard scale.isFinite else { return value }
  return exponent < 0 ? (value / scale).rounded() * scale : (value * scale).rounded() / scale
}
