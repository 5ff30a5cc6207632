// The steps that may lie between two times.

import Calendar

extension TimeStep {
  /// The possible steps from one time to a later one, where local clocks have `offsets`; a number of seconds first.
  static func candidates(from first: Int64, to second: Int64, _ offsets: TimeOffsets = .none) -> [TimeStep] {
    guard second > first else { return [] }
    let seconds = TimeStep.seconds(second - first)
    // The shortest day has 23 hours.
    guard second - first >= 82_800 else { return [seconds] }
    let (start, end) = (CalendarTime(unix: offsets.local(first)), CalendarTime(unix: offsets.local(second)))
    guard start.secondOfDay == end.secondOfDay else { return [seconds] }
    var steps = [seconds]
    if offsets != .none { steps.append(.days(end.date.daysSince1970 - start.date.daysSince1970)) }
    return steps + months(start.date, end.date) + businessDays(start.date, end.date)
  }

  private static func months(_ start: CalendarDate, _ end: CalendarDate) -> [TimeStep] {
    let months = end.monthNumber - start.monthNumber
    guard months > 0 else { return [] }
    let ends: [TimeStep] = start.endsMonth && end.endsMonth ? [.monthEnds(months)] : []
    return start.day == end.day ? [.months(months)] + ends : ends
  }

  private static func businessDays(_ start: CalendarDate, _ end: CalendarDate) -> [TimeStep] {
    guard start.weekday <= 5, end.weekday <= 5 else { return [] }
    return [.businessDays(end.businessDayNumber - start.businessDayNumber)]
  }
}
