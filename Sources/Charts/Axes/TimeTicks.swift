// Ticks on a time axis: at round hours, days, months and years in UTC, labeled with as much of the date as
// their distance requires.

/// A moment's date and time of day in UTC.
struct CivilTime: Equatable {
  var year: Int
  var month: Int
  var day: Int
  /// Seconds since midnight.
  var second: Int

  /// The date of a count of seconds since 1970; Howard Hinnant's `civil_from_days`
  /// (https://howardhinnant.github.io/date_algorithms.html).
  init(unixTime: Int) {
    let days = CivilTime.floorDivide(unixTime, 86_400)
    let shifted = days + 719_468
    let era = CivilTime.floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    second = unixTime - days * 86_400
  }

  /// Midnight at the first day of the month that is `months` months after January of year 0.
  static func startOfMonth(_ months: Int) -> Int {
    let year = floorDivide(months, 12)
    return daysFromCivil(year: year, month: months - year * 12 + 1) * 86_400
  }

  /// Months between January of year 0 and this month.
  var monthCount: Int { year * 12 + month - 1 }

  /// Days from 1970-01-01 to the first of a month; `days_from_civil` of the same source.
  private static func daysFromCivil(year: Int, month: Int) -> Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = floorDivide(shiftedYear, 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }

  /// `2016-07-01`.
  var date: String { "\(year)-\(CivilTime.two(month))-\(CivilTime.two(day))" }
  /// `2016-07`.
  var yearAndMonth: String { "\(year)-\(CivilTime.two(month))" }
  /// `07-01`.
  var monthAndDay: String { "\(CivilTime.two(month))-\(CivilTime.two(day))" }
  /// `13:05`, with seconds if they are not zero.
  var clock: String {
    let minutes = "\(CivilTime.two(second / 3600)):\(CivilTime.two(second / 60 % 60))"
    return second % 60 == 0 ? minutes : minutes + ":" + CivilTime.two(second % 60)
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

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
    let first = CivilTime(unixTime: Int(range.lowerBound.rounded(.down))).year
    let last = CivilTime(unixTime: Int(range.upperBound)).year
    return first == last ? "\(first)" : "\(first)–\(last)"
  }

  private static func every(seconds step: Int, in range: ClosedRange<Double>) -> [Tick] {
    // Weeks count from Monday, 1970-01-05.
    let origin = step % (7 * 86_400) == 0 ? 4 * 86_400.0 : 0
    let first = ((range.lowerBound - origin) / Double(step)).rounded(.up)
    let positions = stride(from: origin + first * Double(step), through: range.upperBound, by: Double(step))
    return positions.map { Tick(position: $0, label: label(CivilTime(unixTime: Int($0)), step: step, range)) }
  }

  private static func label(_ time: CivilTime, step: Int, _ range: ClosedRange<Double>) -> String {
    if step < 86_400 { return time.second == 0 ? time.monthAndDay : time.clock }
    let first = CivilTime(unixTime: Int(range.lowerBound))
    return first.year == time.year && CivilTime(unixTime: Int(range.upperBound)).year == time.year
      ? time.monthAndDay : time.date
  }

  private static func every(months step: Int, in range: ClosedRange<Double>) -> [Tick] {
    let first = CivilTime(unixTime: Int(range.lowerBound.rounded(.down))).monthCount / step * step
    let last = CivilTime(unixTime: Int(range.upperBound)).monthCount
    return stride(from: first, through: last, by: step).compactMap { months in
      let position = CivilTime.startOfMonth(months)
      guard range.contains(Double(position)) else { return nil }
      let time = CivilTime(unixTime: position)
      return Tick(position: Double(position), label: step % 12 == 0 ? "\(time.year)" : time.yearAndMonth)
    }
  }
}
