// Ticks on a time axis: at round hours, days, months and years in UTC, labeled with as much of the date as
// their distance requires.

import Calendar

extension CalendarTime {
  /// Midnight on the first day of the month `months` months after January of year 0, in Unix seconds.
  fileprivate static func startOfMonth(_ months: Int) -> Int? {
    CalendarDate(year: months / 12, month: months % 12 + 1, day: 1).map { $0.daysSince1970 * 86_400 }
  }

  /// `2016-07-01`.
  fileprivate var dateText: String { "\(date.year)-\(monthAndDay)" }
  /// `2016-07`.
  fileprivate var yearAndMonth: String { "\(date.year)-\(twoDigits(date.month))" }
  /// `07-01`.
  fileprivate var monthAndDay: String { "\(twoDigits(date.month))-\(twoDigits(date.day))" }
  /// `13:05`, with seconds if they are not zero.
  fileprivate var clock: String {
    let minutes = "\(twoDigits(secondOfDay / 3600)):\(twoDigits(secondOfDay / 60 % 60))"
    return secondOfDay % 60 == 0 ? minutes : minutes + ":" + twoDigits(secondOfDay % 60)
  }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// The ticks of a time range.
struct TimeTicks {
  let ticks: [Tick]
  /// The year or years of the range if no tick shows them, else empty.
  let missingYear: String

  private static let secondSteps = [
    1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 2 * 86_400, 4 * 86_400,
    7 * 86_400,
    14 * 86_400,
  ]
  private static let monthSteps = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000]

  /// About `count` ticks on `range`, in seconds since 1970; none if the range leaves the years 0 to 9999.
  init(_ range: ClosedRange<Double>, count: Int) {
    guard range.lowerBound > -62_167_219_200, range.upperBound < 253_402_300_800 else {
      (ticks, missingYear) = ([], "")
      return
    }
    let rough = (range.upperBound - range.lowerBound) / Double(max(1, count))
    if let step = TimeTicks.secondSteps.first(where: { Double($0) >= rough }) {
      ticks = TimeTicks.every(seconds: step, in: range)
      missingYear = ticks.contains { $0.label.count >= 10 } ? "" : TimeTicks.years(of: range)
    } else {
      let months = TimeTicks.monthSteps.first { Double($0) * 30.44 * 86_400 >= rough } ?? 24_000
      (ticks, missingYear) = (TimeTicks.every(months: months, in: range), "")
    }
  }

  private static func years(of range: ClosedRange<Double>) -> String {
    let first = CalendarTime(unix: Int64(range.lowerBound.rounded(.down))).date.year
    let last = CalendarTime(unix: Int64(range.upperBound)).date.year
    return first == last ? "\(first)" : "\(first)–\(last)"
  }

  private static func every(seconds step: Int, in range: ClosedRange<Double>) -> [Tick] {
    // Weeks count from Monday, 1970-01-05.
    let origin = step % (7 * 86_400) == 0 ? 4 * 86_400.0 : 0
    let first = ((range.lowerBound - origin) / Double(step)).rounded(.up)
    let positions = stride(from: origin + first * Double(step), through: range.upperBound, by: Double(step))
    return positions.map {
      Tick(position: $0, label: label(CalendarTime(unix: Int64($0)), step: step, range))
    }
  }

  private static func label(_ time: CalendarTime, step: Int, _ range: ClosedRange<Double>) -> String {
    if step < 86_400 { return time.secondOfDay == 0 ? time.monthAndDay : time.clock }
    let first = CalendarTime(unix: Int64(range.lowerBound))
    return first.date.year == time.date.year
      && CalendarTime(unix: Int64(range.upperBound)).date.year == time.date.year
      ? time.monthAndDay : time.dateText
  }

  private static func every(months step: Int, in range: ClosedRange<Double>) -> [Tick] {
    let first = CalendarTime(unix: Int64(range.lowerBound.rounded(.down))).date.monthNumber / step * step
    let last = CalendarTime(unix: Int64(range.upperBound)).date.monthNumber
    return stride(from: first, through: last, by: step).compactMap { months in
      guard let position = CalendarTime.startOfMonth(months), range.contains(Double(position)) else {
        return nil
      }
      let time = CalendarTime(unix: Int64(position))
      return Tick(position: Double(position), label: step % 12 == 0 ? "\(time.date.year)" : time.yearAndMonth)
    }
  }
}
