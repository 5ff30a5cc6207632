// The step between the rows of a series. Since months differ in length, it is either a number of seconds or a
// number of calendar months.

import Calendar
import Failures

/// The step between neighboring rows.
public enum TimeStep: Sendable, Equatable {
  /// A number of seconds.
  case seconds(Int64)
  /// Calendar months, on the same day of the month.
  case months(Int)
  /// Calendar months, on the last day of each.
  case monthEnds(Int)

  /// The time `count` steps after `time`.
  public func advance(_ time: Int64, by count: Int) -> Int64 {
    let start = CalendarTime(unix: time)
    switch self {
    case .seconds(let step):
      return time &+ step &* Int64(count)
    case .months(let step):
      let date = start.date.adding(months: step * count, day: start.date.day)
      return CalendarTime(date: date, secondOfDay: start.secondOfDay).unix
    case .monthEnds(let step):
      let date = start.date.adding(months: step * count, day: 31)
      return CalendarTime(date: date, secondOfDay: start.secondOfDay).unix
    }
  }

  /// The step between every `rate`-th row.
  public func times(_ rate: Int) -> TimeStep {
    switch self {
    case .seconds(let step): .seconds(step * Int64(rate))
    case .months(let step): .months(step * rate)
    case .monthEnds(let step): .monthEnds(step * rate)
    }
  }

  /// The number of steps in the usual season: a day for hours or minutes, a week for days, a year for weeks,
  /// months or quarters; nil if there is none.
  public var season: Int? {
    switch self {
    case .seconds(604_800): 52
    case .seconds(86_400): 7
    case .seconds(let step): step < 86_400 && step > 0 && 86_400 % step == 0 ? Int(86_400 / step) : nil
    case .months(let step), .monthEnds(let step): step < 12 && 12 % step == 0 ? 12 / step : nil
    }
  }

  /// `1 hour`, `15 minutes`, `1 month`.
  public var text: String {
    switch self {
    case .seconds(let step): durationText(step)
    case .months(let step), .monthEnds(let step): counted(step, "month")
    }
  }

  /// The possible steps from one time to a later one.
  static func candidates(from first: Int64, to second: Int64) -> [TimeStep] {
    guard second > first else { return [] }
    let (start, end) = (CalendarTime(unix: first), CalendarTime(unix: second))
    let months = end.date.monthNumber - start.date.monthNumber
    var steps = [TimeStep.seconds(second - first)]
    guard months > 0, start.secondOfDay == end.secondOfDay else { return steps }
    if start.date.day == end.date.day { steps.append(.months(months)) }
    if start.date.endsMonth && end.date.endsMonth { steps.append(.monthEnds(months)) }
    return steps
  }
}

/// A duration in the largest unit that divides it: `90 minutes`, `2 days`.
func durationText(_ seconds: Int64) -> String {
  let units: [(Int64, String)] = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")]
  let (size, name) = units.first { seconds % $0.0 == 0 } ?? (1, "second")
  let count = seconds / size
  return abs(count) == 1 ? "\(count) \(name)" : "\(count) \(name)s"
}
