// Dates of the Gregorian calendar. Nothing here depends on the machine's time zone, so a series means the same
// everywhere.

/// A day of the (proleptic) Gregorian calendar.
public struct CalendarDate: Sendable, Equatable {
  /// The year, 1 to 9999 if read from text.
  public let year: Int
  /// The month, 1 to 12.
  public let month: Int
  /// The day of the month, from 1.
  public let day: Int

  /// Nil if the month has no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day) else {
      return nil
    }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// The date `days` days after 1970-01-01. (After H. Hinnant, "chrono-compatible low-level date
  /// algorithms": years begin in March, so that the leap day is the last.)
  public init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days from 1970-01-01 to this date (the inverse of the above).
  public var daysSince1970: Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = floorDivide(marchYear, 400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// How many days `month` of `year` has.
  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  /// Whether this is the last day of its month.
  public var endsMonth: Bool { day == Self.days(inMonth: month, of: year) }

  /// Months since January of the year 0.
  public var monthNumber: Int { year * 12 + month - 1 }

  /// The date `months` later on day `day`, or on the last day of a shorter month.
  public func adding(months: Int, day: Int) -> CalendarDate {
    let number = monthNumber + months
    let (year, month) = (floorDivide(number, 12), number - floorDivide(number, 12) * 12 + 1)
    let last = Self.days(inMonth: month, of: year)
    return CalendarDate(year: year, month: month, day: min(day, last)) ?? self
  }
}

/// The quotient rounded toward negative infinity.
func floorDivide(_ number: Int, _ divisor: Int) -> Int {
  number >= 0 ? number / divisor : -((divisor - 1 - number) / divisor)
}

/// `number` in decimal, with zeros in front up to `width` digits.
func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
