// Moments as a date and a time of day, always in UTC.

/// Seconds since 1970-01-01 00:00:00 UTC as a date and a time of day.
public struct CalendarTime: Sendable, Equatable {
  /// The day.
  public let date: CalendarDate
  /// Seconds since its midnight, 0 to 86,399.
  public let secondOfDay: Int

  /// Splits Unix seconds into date and time.
  public init(unix seconds: Int64) {
    let day = floorDivide(Int(seconds), 86_400)
    date = CalendarDate(daysSince1970: day)
    secondOfDay = Int(seconds) - day * 86_400
  }

  /// A date and the seconds since its midnight.
  public init(date: CalendarDate, secondOfDay: Int) {
    self.date = date
    self.secondOfDay = secondOfDay
  }

  /// Unix seconds.
  public var unix: Int64 { Int64(date.daysSince1970) &* 86_400 &+ Int64(secondOfDay) }

  /// `2016-07-01 00:00:00`.
  public var text: String {
    let (hour, minute, second) = (secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60)
    let day = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    return "\(day) \(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
  }
}

/// The times that a series may have, in Unix seconds: the years 1 to 9999. Milliseconds mistaken for seconds fall
/// outside, and arithmetic on what is inside can't overflow.
public let knownTimes: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

/// Unix seconds as `2016-07-01 00:00:00` (UTC), or as a plain number if outside `knownTimes`.
public func timeText(_ seconds: Int64) -> String {
  knownTimes.contains(seconds) ? CalendarTime(unix: seconds).text : String(seconds)
}
