// The step between the rows of a series. Days differ in length where clocks are set, and months differ in days, so
// it is either a number of seconds, or a number of calendar days, business days or months.

import Calendar
import Failures

/// The step between neighboring rows.
public enum TimeStep: Sendable, Hashable {
  /// A number of seconds.
  case seconds(Int64)
  /// Calendar days at the same time of a local clock.
  case days(Int)
  /// Days from Monday to Friday.
  case businessDays(Int)
  /// Calendar months, on the same day of the month.
  case months(Int)
  /// Calendar months, on the last day of each.
  case monthEnds(Int)

  /// The time `count` steps after `time`, where local clocks have `offsets`. Outside the years 1 to 9999 there are no
  /// local clocks, nor days: a time there is left as it is.
  public func advance(_ time: Int64, by count: Int, _ offsets: TimeOffsets = .none) -> Int64 {
    if case .seconds(let step) = self { return time &+ step &* Int64(count) }
    guard knownTimes.contains(time) else { return time }
    let local = CalendarTime(unix: offsets.local(time))
    let date = advance(local.date, by: count)
    let clock = CalendarTime(date: date, secondOfDay: local.secondOfDay).unix
    return knownTimes.contains(clock) ? offsets.moment(clock) : clock
  }

  private func advance(_ date: CalendarDate, by count: Int) -> CalendarDate {
    switch self {
    case .seconds: date
    case .days(let step): CalendarDate(daysSince1970: date.daysSince1970 + step * count)
    case .businessDays(let step): date.adding(businessDays: step * count)
    case .months(let step): date.adding(months: step * count, day: date.day)
    case .monthEnds(let step): date.adding(months: step * count, day: 31)
    }
  }

  /// The step between every `rate`-th row.
  public func times(_ rate: Int) -> TimeStep {
    switch self {
    case .seconds(let step): .seconds(step * Int64(rate))
    case .days(let step): .days(step * rate)
    case .businessDays(let step): .businessDays(step * rate)
    case .months(let step): .months(step * rate)
    case .monthEnds(let step): .monthEnds(step * rate)
    }
  }

  /// The number of steps in the usual season: a day for hours or minutes, a week for days, a year for weeks,
  /// months or quarters; nil if there is none.
  public var season: Int? {
    switch self {
    case .seconds(604_800), .days(7): 52
    case .seconds(86_400), .days(1): 7
    case .businessDays(1): 5
    case .days, .businessDays: nil
    case .seconds(let step): step < 86_400 && step > 0 && 86_400 % step == 0 ? Int(86_400 / step) : nil
    case .months(let step), .monthEnds(let step): step < 12 && 12 % step == 0 ? 12 / step : nil
    }
  }

  /// `1 hour`, `15 minutes`, `1 business day`, `1 month`.
  public var text: String {
    switch self {
    case .seconds(let step): durationText(step)
    case .days(let step): counted(step, "day")
    case .businessDays(let step): counted(step, "business day")
    case .months(let step), .monthEnds(let step): counted(step, "month")
    }
  }

  /// Whether times of day stay the same from row to row.
  var isWholeDays: Bool { if case .seconds(let step) = self { step % 86_400 == 0 } else { true } }

  /// Whether both are the same step, in local or in other days, at the end of months or on another day.
  public func isSame(as other: TimeStep) -> Bool { text == other.text }
}

extension CalendarDate {
  /// The date so many days from Monday to Friday later; a weekend counts as the Friday before.
  func adding(businessDays count: Int) -> CalendarDate {
    let number = businessDayNumber + count
    let (week, day) = (number >= 0 ? number / 5 : -((4 - number) / 5), ((number % 5) + 5) % 5)
    return CalendarDate(daysSince1970: week * 7 + day - 3)
  }

  /// Days from Monday to Friday since the Monday before 1970-01-01, which is a Thursday.
  var businessDayNumber: Int {
    let day = daysSince1970 + 3
    let week = day >= 0 ? day / 7 : -((6 - day) / 7)
    return week * 5 + min(day - week * 7, 4)
  }
}

/// A duration in the largest unit that divides it: `90 minutes`, `2 days`.
func durationText(_ seconds: Int64) -> String {
  let units: [(Int64, String)] = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")]
  let (size, name) = units.first { seconds % $0.0 == 0 } ?? (1, "second")
  return counted(Int(seconds / size), name)
}
