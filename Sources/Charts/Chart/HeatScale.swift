// A scale of colors or shades between round numbers.

/// The scale of some numbers.
struct HeatScale {
  /// Whether there are negative numbers; zero is then in the middle.
  let isSigned: Bool
  /// Its ends: round numbers around all values.
  let range: ClosedRange<Double>

  /// Of the finite values.
  init(_ values: [Double]) {
    let finite = values.filter(\.isFinite)
    isSigned = finite.contains { $0 < 0 }
    guard let low = finite.min(), let high = finite.max() else {
      range = 0...1
      return
    }
    // What differs less than that is the same.
    let least = 0.02 * max(abs(low), abs(high))
    let span = isSigned ? max(abs(low), abs(high)) : max(high - low, least)
    let step = HeatScale.roundStep(span)
    if isSigned {
      let end = step * (span / step - 1e-9).rounded(.up)
      range = -end...end
    } else {
      let bottom = step * (low / step + 1e-9).rounded(.down)
      let steps = ((max(high, bottom + least) - bottom) / step - 1e-9).rounded(.up)
      range = bottom...(bottom + step * max(1, steps))
    }
  }

  /// A power of ten that divides a span into ten parts or more.
  private static func roundStep(_ span: Double) -> Double {
    guard span.isNormal, span > 1e-290 else { return 0.1 }
    return Decimal.tenTo(Decimal.exponentOfTen(span) - 1)
  }

  /// The place of a value on the scale, from 0 to 1; nil for a value that isn't finite.
  func fraction(of value: Double) -> Double? {
    guard value.isFinite else { return nil }
    return min(1, max(0, (value - range.lowerBound) / (range.upperBound - range.lowerBound)))
  }

  /// The ends as text, such as `0.4–0.6` or `±1`.
  func label(hasUnicode: Bool) -> String {
    let (low, high) = (
      Decimal.significant(range.lowerBound, digits: 4), Decimal.significant(range.upperBound, digits: 4)
    )
    return isSigned ? (hasUnicode ? "±" : "+-") + high : low + (hasUnicode ? "–" : "-") + high
  }

  /// A color from white to dark blue; of a signed scale, from dark orange over white in the middle.
  static func color(_ fraction: Double, isSigned: Bool) -> Int {
    let stops =
      isSigned
      ? [0xA63603, 0xFDAE6B, 0xFFFFFF, 0x9ECAE1, 0x08519C] : [0xFFFFFF, 0x9ECAE1, 0x3182BD, 0x08519C]
    let place = min(1, max(0, fraction)) * Double(stops.count - 1)
    let index = min(stops.count - 2, Int(place))
    return [16, 8, 0].reduce(0) { color, shift in
      let (from, to) = (Double(stops[index] >> shift & 255), Double(stops[index + 1] >> shift & 255))
      return color | Int((from + (to - from) * (place - Double(index))).rounded()) << shift
    }
  }
}
