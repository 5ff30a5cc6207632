// ISO 8601 in its usual variants: calendar dates, ordinal dates, weeks and quarters, extended or basic, with or
// without a time of day, a fraction of a second, and an offset.

import Calendar

extension TimeScanner {
  /// Reads the whole text as a time in ISO 8601.
  mutating func isoTime() -> WrittenTime? {
    guard let year = number(4...4), let date = isoDate(year) else { return nil }
    if isAtEnd { return WrittenTime(date) }
    guard take(anyOf: "Tt") != nil || takeBlanks(), let clock = isoClock() else { return nil }
    if isAtEnd { return WrittenTime(date, second: clock.second, hasFraction: clock.hasFraction) }
    _ = takeBlanks()
    guard let offset = offset(), isAtEnd else { return nil }
    return WrittenTime(date, second: clock.second, offset: offset, hasFraction: clock.hasFraction)
  }

  private mutating func isoDate(_ year: Int) -> CalendarDate? {
    guard digits == 0 else { return basicDate(year) }
    let separator = take(anyOf: "-/. ")
    if separator != UInt8(ascii: "/"), let letter = take(anyOf: "QqWw") {
      return letter & 0xDF == UInt8(ascii: "Q") ? quarter(of: year) : week(of: year)
    }
    guard let separator, separator != 0x20 else { return nil }
    if separator == UInt8(ascii: "-"), digits == 3 {
      return number(3...3).flatMap { CalendarDate(year: year, dayOfYear: $0) }
    }
    guard let month = number(1...2) else { return nil }
    if isAtEnd, separator != UInt8(ascii: ".") { return CalendarDate(year: year, month: month, day: 1) }
    guard take(separator), let day = number(1...2) else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }

  /// `20220131`: the year is read.
  private mutating func basicDate(_ year: Int) -> CalendarDate? {
    guard digits == 4, let month = number(2...2), let day = number(2...2) else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }

  private mutating func quarter(of year: Int) -> CalendarDate? {
    number(1...1).flatMap { CalendarDate(year: year, quarter: $0) }
  }

  private mutating func week(of year: Int) -> CalendarDate? {
    guard let week = number(2...2) else { return nil }
    var day: Int? = 1
    if digits == 1 || (next == UInt8(ascii: "-") && take(UInt8(ascii: "-"))) { day = number(1...1) }
    return day.flatMap { CalendarDate(isoYear: year, week: week, day: $0) }
  }

  /// `13`, `13:05`, `13:05:59.25`, `130559`, `1:05 PM`.
  private mutating func isoClock() -> (second: Int, hasFraction: Bool)? {
    guard var hour = number(1...2) else { return nil }
    let (isExtended, isBasic) = (take(UInt8(ascii: ":")), digits == 2 || digits == 4)
    var (minute, second, hasFraction) = (0, 0, false)
    if isExtended || isBasic {
      guard let read = number(2...2) else { return nil }
      minute = read
      if isExtended ? take(UInt8(ascii: ":")) : digits == 2 {
        guard let read = number(2...2), let fraction = optionalFraction() else { return nil }
        (second, hasFraction) = (read, fraction)
      }
    }
    if let half = optionalHalfDay() {
      guard let full = hourOf24(hour, afternoon: half) else { return nil }
      hour = full
    }
    return secondOfDay(hour, minute, second).map { ($0, hasFraction) }
  }

  /// Whether a fraction other than zero follows; nil if it has no digits.
  mutating func optionalFraction() -> Bool? { take(anyOf: ".,") == nil ? false : fraction() }

  private mutating func optionalHalfDay() -> Bool? {
    var ahead = self
    _ = ahead.takeBlanks()
    guard let half = ahead.afternoon() else { return nil }
    self = ahead
    return half
  }
}

extension CalendarDate {
  /// The first day of a quarter, 1 to 4.
  init?(year: Int, quarter: Int) {
    guard (1...4).contains(quarter) else { return nil }
    self.init(year: year, month: quarter * 3 - 2, day: 1)
  }

  /// Day 1 to 366 of a year.
  init?(year: Int, dayOfYear day: Int) {
    guard let first = CalendarDate(year: year, month: 1, day: 1) else { return nil }
    self.init(daysSince1970: first.daysSince1970 + day - 1)
    guard day >= 1, self.year == year else { return nil }
  }

  /// A day of an ISO week; day 1 is Monday. Week 1 has the year's first Thursday, hence January 4.
  init?(isoYear year: Int, week: Int, day: Int) {
    guard (1...53).contains(week), (1...7).contains(day),
      let fourth = CalendarDate(year: year, month: 1, day: 4)
    else { return nil }
    let monday = fourth.daysSince1970 - fourth.weekday + 1 + (week - 1) * 7
    guard CalendarDate(daysSince1970: monday + 3).year == year else { return nil }
    self.init(daysSince1970: monday + day - 1)
  }

  /// The day of the week: 1 is Monday, 7 Sunday.
  var weekday: Int { ((daysSince1970 + 3) % 7 + 7) % 7 + 1 }
}
