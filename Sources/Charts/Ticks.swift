// Where an axis begins and ends, and which positions on it get a tick and which words.
// Both renderers take their ticks from here, so that a picture and its text form agree.

import Glibc

/// A position on an axis and the words at it.
struct Tick: Sendable, Equatable {
  let position: Double
  let label: String
}

/// The part of an axis that is shown, with its ticks.
struct AxisLayout: Sendable, Equatable {
  /// The words beside the axis: the axis's own, with the year where no tick tells it.
  let label: String
  let range: ClosedRange<Double>
  let ticks: [Tick]
  /// Whether equal ratios stand at equal distances.
  let isLogarithmic: Bool

  /// Lays out `axis` for `values`, of which only the finite ones count.
  /// - Parameters:
  ///   - count: about how many ticks there is room for.
  ///   - margin: the part of the values' extent that is added at either end.
  init(_ axis: Axis, values: some Sequence<Double>, count: Int, margin: Double) {
    isLogarithmic = axis.scale == .logarithmic
    range =
      isLogarithmic
      ? AxisLayout.logarithmicExtent(values, margin: margin)
      : AxisLayout.extent(axis, values: values, margin: margin)
    if let positions = axis.positions {
      (ticks, label) = (
        positions.map { Tick(position: $0, label: Decimal.significant($0, digits: 6)) }, axis.label
      )
      return
    }
    switch axis.scale {
    case .linear: (ticks, label) = (AxisLayout.linear(range, count: count, wholeSteps: false), axis.label)
    case .counting: (ticks, label) = (AxisLayout.linear(range, count: count, wholeSteps: true), axis.label)
    case .logarithmic: (ticks, label) = (AxisLayout.powers(range, count: count), axis.label)
    case .time:
      let time = TimeTicks(range, count: count)
      ticks = time.ticks
      label = [axis.label, time.missingYear].filter { !$0.isEmpty }.joined(separator: ", ")
    }
  }

  /// The extent of the finite values with a margin, never empty.
  private static func extent(
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

  /// Room around a lone value.
  private static func single(_ value: Double, _ axis: Axis) -> ClosedRange<Double> {
    let room = axis.scale == .time ? 3600 : axis.scale == .counting ? 1 : max(value.magnitude * 0.1, 1e-6)
    return (value - room)...(value + room)
  }

  /// Ticks at multiples of 1, 2 or 5 times a power of ten.
  private static func linear(_ range: ClosedRange<Double>, count: Int, wholeSteps: Bool) -> [Tick] {
    let span = range.upperBound - range.lowerBound
    guard span.isFinite, span > 0 else { return [] }
    let step = niceStep(span / Double(max(1, count)), wholeSteps: wholeSteps)
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    guard first.magnitude < 1e15, last.magnitude < 1e15, last - first < 1000 else { return [] }
    let largest = max(first.magnitude, last.magnitude) * step
    return stride(from: first, through: last, by: 1).map {
      Tick(position: $0 * step, label: label($0 * step, step: step, largest: largest))
    }
  }

  /// The smallest of 1, 2, 5 times a power of ten that is at least `rough`.
  private static func niceStep(_ rough: Double, wholeSteps: Bool) -> Double {
    guard rough.isNormal else { return 1 }
    let unit = Decimal.tenTo(Decimal.exponentOfTen(rough))
    let step = [1.0, 2, 5].first { $0 * unit >= rough * (1 - 1e-9) }.map { $0 * unit } ?? 10 * unit
    return wholeSteps ? max(1, step) : step
  }

  /// The place of `value` between the range's ends, 0 to 1; outside that or no finite number where it is not
  /// shown.
  func share(of value: Double) -> Double {
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
