// Points in time as users write them: dates and times of the local time zone, and ages.

import Calendar
import Failures
import Glibc
import Registry

enum RunTime {
  private static let remedy =
    "write 2026-03-01, 2026-03-01T12:30, today, yesterday, or an age: 30min, 12h, 3d, 2w"

  /// The time that `text` means.
  /// - Throws: `Failure` (usage) if it can't be read.
  static func parse(_ text: String, option: String, now: Timestamp = .now) throws -> Timestamp {
    if let days = ["today": 0, "yesterday": 1][text] { return startOfDay(before: now, days: days) }
    if let age = age(text) {
      return Timestamp(milliseconds: now.milliseconds - age)
    }
    guard let time = localTime(text) else {
      throw Failure.usage("'\(text)' is no time", at: option, remedy: remedy)
    }
    return time
  }

  private static let units: [(suffix: String, milliseconds: Double)] = [
    ("min", 60e3), ("s", 1e3), ("h", 3600e3), ("d", 86_400e3), ("w", 604_800e3),
  ]

  /// An age in milliseconds.
  private static func age(_ text: String) -> Int64? {
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      let count = Double(text.dropLast(unit.suffix.count)), count >= 0, count < 1e6
    else { return nil }
    return Int64(count * unit.milliseconds)
  }

  /// `2026-03-01`, with `T12:30` or `T12:30:15` after it, or a space instead of the `T`.
  private static func localTime(_ text: String) -> Timestamp? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
    guard let day = parts.first, parts.count <= 2, let date = numbers(day, "-"), date.count == 3,
      CalendarDate(year: date[0], month: date[1], day: date[2]) != nil
    else { return nil }
    let clock = parts.count == 2 ? numbers(parts[1], ":") : [0, 0]
    guard let clock, 2...3 ~= clock.count, zip(clock, [23, 59, 59]).allSatisfy({ $0 <= $1 }) else {
      return nil
    }
    var time = tm()
    (time.tm_year, time.tm_mon, time.tm_mday) = (Int32(date[0] - 1900), Int32(date[1] - 1), Int32(date[2]))
    (time.tm_hour, time.tm_min) = (Int32(clock[0]), Int32(clock[1]))
    (time.tm_sec, time.tm_isdst) = (clock.count == 3 ? Int32(clock[2]) : 0, -1)
    return Timestamp(milliseconds: Int64(mktime(&time)) * 1000)
  }

  /// Numbers of at most four digits.
  private static func numbers(_ text: Substring, _ separator: Character) -> [Int]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ 1...4 ~= $0.utf8.count && $0.allSatisfy(\.isNumber) }) else { return nil }
    return parts.compactMap { Int($0) }
  }

  private static func startOfDay(before now: Timestamp, days: Int) -> Timestamp {
    var seconds = time_t(now.milliseconds / 1000)
    var time = tm()
    localtime_r(&seconds, &time)
    (time.tm_hour, time.tm_min, time.tm_sec, time.tm_isdst) = (0, 0, 0, -1)
    time.tm_mday -= Int32(days)
    return Timestamp(milliseconds: Int64(mktime(&time)) * 1000)
  }
}
