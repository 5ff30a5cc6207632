// Logarithmic axes: their range, and ticks at powers of ten.

import Glibc

extension AxisLayout {
  /// The range of the positive values with a margin in the exponent, never empty.
  static func logarithmicRange(_ values: some Sequence<Double>, margin: Double) -> ClosedRange<Double> {
    var (low, high) = (Double.infinity, 0.0)
    for value in values where value.isFinite && value > 0 {
      (low, high) = (min(low, value), max(high, value))
    }
    guard low <= high else { return 0.1...1 }
    guard low < high else { return (low / 2)...(high * 2) }
    let pad = exp(log(high / low) * margin)
    return max(low / pad, .leastNormalMagnitude)...min(high * pad, .greatestFiniteMagnitude)
  }

  /// Ticks at powers of ten, at most about `count`; if the range holds fewer than two of them, at 1, 2 and 5
  /// times a power of ten.
  static func powers(_ range: ClosedRange<Double>, count: Int) -> [Tick] {
    let first = Int((log10(range.lowerBound) - 1e-9).rounded(.up))
    let last = Int((log10(range.upperBound) + 1e-9).rounded(.down))
    guard last - first >= 1 else { return betweenPowers(range, around: first - 1...max(first - 1, last)) }
    let step = max(1, (last - first + count - 1) / max(1, count))
    let exponents = stride(
      from: first + (step - (first % step + step) % step) % step, through: last, by: step)
    let isPlain = first >= -4 && last < 7
    return exponents.map { Tick(position: Decimal.tenTo($0), label: label(exponent: $0, isPlain: isPlain)) }
  }

  private static func betweenPowers(_ range: ClosedRange<Double>, around powers: ClosedRange<Int>) -> [Tick] {
    powers.flatMap { power in [1.0, 2, 5].map { $0 * Decimal.tenTo(power) } }
      .filter { range.contains($0) }
      .map { Tick(position: $0, label: Decimal.significant($0, digits: 3)) }
  }

  private static func label(exponent: Int, isPlain: Bool) -> String {
    if isPlain || exponent == 0 { return Decimal.fixed(Decimal.tenTo(exponent), decimals: max(0, -exponent)) }
    return Decimal.scientific(Decimal.tenTo(exponent), decimals: 0)
  }
}
