// The range of an axis, and the positions and labels of its ticks. Both renderers use these ticks, so that a picture
// and its text form agree.

import Glibc

/// A tick: a position on an axis and its label.
struct Tick: Sendable, Equatable {
  let position: Double
  let label: String
}

/// The visible range of an axis, with its ticks.
struct AxisLayout: Sendable, Equatable {
  /// The axis label, with the year added if no tick shows it.
  let label: String
  let range: ClosedRange<Double>
  let ticks: [Tick]
  /// Whether the scale is logarithmic.
  let isLogarithmic: Bool

  /// Lays out `axis` for the finite `values`.
  /// - Parameters:
  ///   - count: about how many ticks fit.
  ///   - margin: the fraction of the values' range that is added at either end.
  init(_ axis: Axis, values: some Sequence<Double>, count: Int, margin: Double) {
    isLogarithmic = axis.scale == .logarithmic
    range =
      isLogarithmic
      ? AxisLayout.logarithmicRange(values, margin: margin)
      : AxisLayout.linearRange(axis, values: values, margin: margin)
    guard axis.names.isEmpty else {
      (ticks, label) = (
        axis.names.enumerated().map { Tick(position: Double($0), label: $1) }, axis.label
      )
      return
    }
    if let positions = axis.positions {
      (ticks, label) = (
        positions.map { Tick(position: $0, label: Decimal.significant($0, digits: 6)) }, axis.label
      )
      return
    }
    switch axis.scale {
    case .linear: (ticks, label) = (AxisLayout.linear(range, count: count, wholeSteps: false), axis.label)
    case .integer: (ticks, label) = (AxisLayout.linear(range, count: count, wholeSteps: true), axis.label)
    case .logarithmic: (ticks, label) = (AxisLayout.powers(range, count: count), axis.label)
    case .time:
      let time = TimeTicks(range, count: count)
      ticks = time.ticks
      label = [axis.label, time.missingYear].filter { !$0.isEmpty }.joined(separator: ", ")
    }
  }

  /// The range of the finite values with a margin, never empty.
  private static func linearRange(
    _ axis: Axis, values: some Sequence<Double>, margin: Double
  ) -> ClosedRange<Double> {
    var low = axis.includesZero ? 0 : Double.infinity
    var high = axis.includesZero ? 0 : -Double.infinity
    for value in values where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
    guard low <= high else { return 0...1 }
    guard low < high else { return single(low, axis) }
    let pad = (high - low) * margin
    guard pad.isFinite else { return low...high }
    return (axis.includesZero && low == 0 ? 0 : low - pad)...(axis.includesZero && high == 0 ? 0 : high + pad)
  }

  /// A range around a single value.
  private static func single(_ value: Double, _ axis: Axis) -> ClosedRange<Double> {
    let room = axis.scale == .time ? 3600 : axis.scale == .integer || value == 0 ? 1 : value.magnitude * 0.1
    return (value - room)...(value + room)
  }

  /// Ticks at multiples of 1, 2 or 5 times a power of ten.
  private static func linear(_ range: ClosedRange<Double>, count: Int, wholeSteps: Bool) -> [Tick] {
    let span = range.upperBound - range.lowerBound
    guard span.isFinite, span > 0 else { return [] }
    let (step, first, last) = steps(range, count: count, wholeSteps: wholeSteps)
    guard first.magnitude < 1e15, last.magnitude < 1e15, last - first < 1000 else { return [] }
    let largest = max(first.magnitude, last.magnitude) * step
    return stride(from: first, through: last, by: 1).map {
      Tick(position: $0 * step, label: label($0 * step, step: step, largest: largest))
    }
  }

  /// The distance of ticks, and the first and the last as multiples of it. A single tick wouldn't tell the scale, so there
  /// are at least two, unless those of whole numbers would be closer than 1.
  private static func steps(
    _ range: ClosedRange<Double>, count: Int, wholeSteps: Bool
  ) -> (step: Double, first: Double, last: Double) {
    let span = range.upperBound - range.lowerBound
    let parts = max(1, count)
    let all = (parts...parts + 4).map { parts in
      let step = niceStep(span / Double(parts), wholeSteps: wholeSteps)
      return (
        step, (range.lowerBound / step - 1e-9).rounded(.up), (range.upperBound / step + 1e-9).rounded(.down)
      )
    }
    return all.first { $0.2 - $0.1 >= 1 } ?? all[0]
  }

  /// The smallest of 1, 2, 5 times a power of ten that is at least `rough`.
  private static func niceStep(_ rough: Double, wholeSteps: Bool) -> Double {
    guard rough.isNormal else { return 1 }
    let unit = Decimal.tenTo(Decimal.exponentOfTen(rough))
    let step = [1.0, 2, 5].first { $0 * unit >= rough * (1 - 1e-9) }.map { $0 * unit } ?? 10 * unit
    return wholeSteps ? max(1, step) : step
  }

  /// The position of `value` in the range, from 0 to 1; outside of that, or not finite, if it is not visible.
  func fraction(of value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    guard isLogarithmic else { return (value - low) / (high - low) }
    return log(value / low) / log(high / low)
  }

  private static func label(_ value: Double, step: Double, largest: Double) -> String {
    let stepExponent = Decimal.exponentOfTen(step * (1 + 1e-9))
    if largest >= 1e7 || largest < 1e-4 {
      return Decimal.scientific(value, decimals: max(0, Decimal.exponentOfTen(largest) - stepExponent))
    }
    return Decimal.fixed(value, decimals: max(0, -stepExponent))
  }
}
