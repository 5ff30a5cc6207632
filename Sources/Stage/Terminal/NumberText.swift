// Numbers as text, the same in every locale.

/// Numbers, sizes and durations in the formats of messages and tables. They don't depend on the locale, so that other
/// programs can read them.
public enum NumberText {
  /// `value` with `digits` decimals, rounded half away from zero: `fixed(0.1234, 3)` is `0.123`.
  /// Values that have no such decimal (very large, NaN, infinite) are returned in Swift's shortest form.
  public static func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 0x1p53 else { return "\(value)" }
    let whole = UInt64(scaled)
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let text = String(whole)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  /// `value` with about `digits` significant digits, without trailing zeros: for tables of mixed sizes.
  public static func significant(_ value: Double, _ digits: Int = 6) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var exponent = 0
    var rest = abs(value)
    while rest >= 10 { (rest, exponent) = (rest / 10, exponent + 1) }
    while rest < 1 { (rest, exponent) = (rest * 10, exponent - 1) }
    guard (-5..<15).contains(exponent) else { return scientific(value, rest, exponent, digits) }
    let text = fixed(value, max(0, digits - 1 - exponent))
    return trimmed(text)
  }

  /// `rest` times ten to the power of `exponent`, with the sign of `value`: `1.5e-08`.
  private static func scientific(_ value: Double, _ rest: Double, _ exponent: Int, _ digits: Int) -> String {
    let text = fixed(rest, max(0, digits - 1))
    let isTen = text.hasPrefix("10")
    let mantissa = isTen ? "1" : trimmed(text)
    let power = exponent + (isTen ? 1 : 0)
    return (value < 0 ? "-" : "") + mantissa + "e" + (power < 0 ? "-" : "+")
      + (abs(power) < 10 ? "0" : "") + String(abs(power))
  }

  /// A number without zeros at the end of its fraction.
  private static func trimmed(_ decimal: String) -> String {
    // Bytes: tables have thousands of numbers, and searching a string takes longer than making it.
    var text = decimal.utf8[...]
    guard text.contains(UInt8(ascii: ".")) else { return decimal }
    while text.last == UInt8(ascii: "0") { text.removeLast() }
    if text.last == UInt8(ascii: ".") { text.removeLast() }
    return String(decoding: text, as: UTF8.self)
  }

  /// A whole number with commas between thousands: `1,234,567`.
  public static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// A number of bytes in a suitable unit: `812 B`, `1.4 MB`; units are powers of 1,000.
  public static func bytes(_ count: Double) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var (size, unit) = (count, 0)
    while size >= 999.5, unit < units.count - 1 { (size, unit) = (size / 1000, unit + 1) }
    return unit == 0 ? "\(fixed(size, 0)) B" : "\(fixed(size, size < 9.95 ? 1 : 0)) \(units[unit])"
  }

  /// A time span: `0:07`, `12:30`, `1:02:03`, in seconds, minutes and hours.
  public static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "-" }
    let total = Int(max(0, seconds).rounded())
    let tail = twoDigits(total % 60)
    guard total >= 3600 else { return "\(total / 60):\(tail)" }
    return "\(total / 3600):\(twoDigits(total / 60 % 60)):\(tail)"
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
