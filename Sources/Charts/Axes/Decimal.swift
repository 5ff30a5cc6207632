// Number formatting for axes, with as many decimals as the distance between ticks requires.

/// Fixed-point and scientific notation.
enum Decimal {
  /// `value` with `decimals` digits after the point (0 to 12), rounded half away from zero.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let scale = power(decimals)
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let digits = String(Int64(scaled))
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// `value` with about `digits` significant digits, in scientific notation if it is very large or very
  /// small.
  static func significant(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    let exponent = exponentOfTen(value)
    if exponent >= 7 || exponent < -4 { return scientific(value, decimals: digits - 1) }
    return trimmed(fixed(value, decimals: max(0, digits - 1 - exponent)))
  }

  /// `value` as `1.5e-05`, without trailing zeros.
  static func scientific(_ value: Double, decimals: Int) -> String {
    guard value != 0 else { return "0" }
    var exponent = exponentOfTen(value)
    var mantissa = value / tenTo(exponent)
    if fixed(mantissa.magnitude, decimals: decimals).hasPrefix("10") {
      exponent += 1
      mantissa = value / tenTo(exponent)
    }
    let digits = String(exponent.magnitude)
    let padded = digits.count < 2 ? "0" + digits : digits
    return trimmed(fixed(mantissa, decimals: decimals)) + (exponent < 0 ? "e-" : "e+") + padded
  }

  /// The largest `k` with 10^k <= |value|; 0 for numbers that have none.
  static func exponentOfTen(_ value: Double) -> Int {
    guard value.isFinite, value != 0 else { return 0 }
    var exponent = 0
    var rest = value.magnitude
    while rest >= 10 { (rest, exponent) = (rest / 10, exponent + 1) }
    while rest < 1 { (rest, exponent) = (rest * 10, exponent - 1) }
    return exponent
  }

  /// 10^exponent.
  static func tenTo(_ exponent: Int) -> Double {
    exponent < 0 ? 1 / power(-exponent) : power(exponent)
  }

  private static func power(_ exponent: Int) -> Double {
    (0..<max(0, exponent)).reduce(1.0) { product, _ in product * 10 }
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var digits = Substring(text)
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    return String(digits)
  }
}
