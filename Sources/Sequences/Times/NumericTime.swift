// Times that are written as one number: Unix time in seconds or parts of them, and the days of spreadsheets.

import Calendar

/// The unit of Unix time.
public enum UnixUnit: String, Sendable, CaseIterable {
  case seconds = "unix"
  case milliseconds = "unix-ms"
  case microseconds = "unix-us"
  case nanoseconds = "unix-ns"

  /// The number of units in a second.
  var perSecond: Int64 {
    switch self {
    case .seconds: 1
    case .milliseconds: 1000
    case .microseconds: 1_000_000
    case .nanoseconds: 1_000_000_000
    }
  }

  func time(_ value: Int64, hasFraction: Bool) -> WrittenTime {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: perSecond)
    return WrittenTime(unix: rest < 0 ? quotient - 1 : quotient, hasFraction: hasFraction || rest != 0)
  }

  /// The unit in which `value` lies between March 1973 and the end of 2100; nil if there is none. The ranges
  /// don't overlap: 9 or 10 digits are seconds, 12 or 13 milliseconds, 15 or 16 micro-, 18 or 19 nanoseconds.
  static func plausible(_ value: Int64) -> UnixUnit? {
    allCases.first { (100_000_000...4_133_980_799).contains(value / $0.perSecond) }
  }
}

extension TimeScanner {
  /// Days since 1899-12-30 with a fraction, rounded to seconds, as spreadsheets show them.
  mutating func spreadsheetDay() -> WrittenTime? {
    guard let days = number(1...7) else { return nil }
    var fraction = 0.0
    if take(UInt8(ascii: ".")) {
      var scale = 0.1
      while let digit = number(1...1) {
        fraction += Double(digit) * scale
        scale /= 10
      }
    }
    // Before March 1900, spreadsheets count a day that never existed.
    guard isAtEnd, days >= 61 else { return nil }
    let second = Int((fraction * 86_400).rounded())
    let date = CalendarDate(daysSince1970: days - 25_569)
    return WrittenTime(date, second: fraction > 0 ? second : nil)
  }
}
