// The step of a series: how far apart its rows are, found from the times and held to, row by row.
// Months differ in length, so a step is either a number of seconds or a number of calendar months.

import Calendar
import Failures

/// The distance between neighbouring rows.
public enum TimeStep: Sendable, Equatable {
  /// Equal seconds.
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

  /// The step of every `rate`-th row.
  public func times(_ rate: Int) -> TimeStep {
    switch self {
    case .seconds(let step): .seconds(step * Int64(rate))
    case .months(let step): .months(step * rate)
    case .monthEnds(let step): .monthEnds(step * rate)
    }
  }

  /// How many steps the usual season has: a day of hours or minutes, a week of days, a year of weeks,
  /// months or quarters; nil where there is none.
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
    case .months(let step), .monthEnds(let step): step == 1 ? "1 month" : "\(step) months"
    }
  }

  /// The steps that lead from one time to a later one.
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

/// Seconds in the largest unit that divides them: `90 minutes`, `2 days`.
func durationText(_ seconds: Int64) -> String {
  let units: [(Int64, String)] = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")]
  let (size, name) = units.first { seconds % $0.0 == 0 } ?? (1, "second")
  let count = seconds / size
  return abs(count) == 1 ? "\(count) \(name)" : "\(count) \(name)s"
}

/// Follows the times of a series and finds where they don't go on by one step.
public struct TimeSequence: Sendable {
  /// How a time follows the one before.
  public enum Follows: Sendable, Equatable { case evenly, afterGap, twice, backwards }

  private var candidates: [TimeStep] = []
  private var first: Int64?
  private var previous: Int64?
  private var isSettled = false

  /// No time seen yet.
  public init() {}

  /// The step that all neighbours have had (gaps aside); nil before the second time.
  public var step: TimeStep? { candidates.first }
  /// The first and the last time seen.
  public var range: ClosedRange<Int64>? {
    if let first, let previous, first <= previous { first...previous } else { nil }
  }

  /// Takes the next time.
  public mutating func follow(_ time: Int64) -> Follows {
    defer { previous = time }
    guard let previous else {
      first = time
      return .evenly
    }
    if time == previous { return .twice }
    if time < previous { return .backwards }
    if !isSettled {
      isSettled = true
      candidates = TimeStep.candidates(from: previous, to: time)
      return .evenly
    }
    let fitting = candidates.filter { $0.advance(previous, by: 1) == time }
    if fitting.isEmpty { return .afterGap }
    candidates = fitting
    return .evenly
  }
}
