// A time as it is written in a file: what a clock shows, and perhaps its offset from UTC.

import Calendar

/// A time as it is written.
struct WrittenTime: Equatable {
  /// What the clock shows, in seconds since 1970-01-01 00:00:00 on the same clock.
  var clock: Int64
  /// The offset from UTC in seconds (east is positive), if it is written.
  var offset: Int?
  /// Whether a time of day is written.
  var hasClock: Bool
  /// Whether a fraction of a second was cut off.
  var hasFraction = false

  /// A date and a time of day in seconds; 86,400 is midnight at the end of the day.
  init(_ date: CalendarDate, second: Int? = nil, offset: Int? = nil, hasFraction: Bool = false) {
    clock = Int64(date.daysSince1970) * 86_400 + Int64(second ?? 0)
    hasClock = second != nil
    (self.offset, self.hasFraction) = (offset, hasFraction)
  }

  /// A moment in UTC.
  init(unix: Int64, hasFraction: Bool = false) {
    (clock, offset, hasClock, self.hasFraction) = (unix, 0, true, hasFraction)
  }

  /// Seconds since 1970 in UTC, where a time without an offset is taken as UTC.
  var seconds: Int64 { clock - Int64(offset ?? 0) }
}

/// Hour, minute and second as seconds of the day; nil if there is no such time. `24:00:00` is the end of the day.
/// A leap second, `23:59:60`, can't be represented in Unix seconds.
func secondOfDay(_ hour: Int, _ minute: Int, _ second: Int) -> Int? {
  guard minute < 60, second < 60, hour < 24 || (hour == 24 && minute == 0 && second == 0) else { return nil }
  return hour * 3600 + minute * 60 + second
}

/// An hour of the 12-hour clock as one of 24; nil if there is no such hour.
func hourOf24(_ hour: Int, afternoon: Bool) -> Int? {
  (1...12).contains(hour) ? hour % 12 + (afternoon ? 12 : 0) : nil
}
