// Short decimal numbers, whose nearest double needs no long arithmetic: the digits and a power of ten up to 22 are both exact
// in double precision, so that their quotient or product is rounded once (W. D. Clinger, How to read floating point numbers
// accurately, 1990). Nearly all numbers in requests and tables are as short.

/// A number of at most 15 digits.
struct DecimalNumber {
  private var digits: Int64 = 0
  private var exponent = 0
  private var isNegative = false

  /// The number without its fraction and exponent, for numbers that have neither.
  var whole: Int64 { isNegative ? -digits : digits }

  /// The nearest double; nil if it can't be had this way.
  var double: Double? {
    guard exponent.magnitude <= 22 else { return nil }
    let value = Double(digits)
    let power = Self.powers[Int(exponent.magnitude)]
    let scaled = exponent < 0 ? value / power : value * power
    return isNegative ? -scaled : scaled
  }

  /// The powers of ten that are exact.
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21,
    1e22,
  ]

  /// - Parameter text: a number of JSON.
  /// - Returns: nil if it is longer.
  init?(_ text: ArraySlice<UInt8>) {
    var (count, isFraction) = (0, false)
    for (index, byte) in zip(text.indices, text) {
      switch byte {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        guard let power = Self.exponent(text[(index + 1)...]) else { return nil }
        exponent += power
        return
      default:
        if digits > 0 || byte != UInt8(ascii: "0") { count += 1 }
        guard count <= 15 else { return nil }
        digits = digits * 10 + Int64(byte - UInt8(ascii: "0"))
        if isFraction { exponent -= 1 }
      }
    }
  }

  /// A short exponent.
  private static func exponent(_ text: ArraySlice<UInt8>) -> Int? {
    guard text.count <= 4 else { return nil }
    return Int(String(decoding: text, as: UTF8.self))
  }
}
