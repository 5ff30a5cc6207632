// Dates that are written as dates are, but that no calendar has, such as 30 February: what is wrong with them, for
// messages.

import Calendar

/// A date that doesn't exist.
public struct ImpossibleDate {
  /// What is wrong with it: `2024-02-30 is not in the calendar: February 2024 has 29 days`.
  public let problem: String
  /// What to do about it.
  public static let remedy = "correct the date"

  /// Nil if `text` doesn't begin with a year, a month and a day in numbers, in any usual order, or if the date exists.
  public init?(_ text: some Collection<UInt8>) {
    var scanner = TimeScanner(trimming: ArraySlice(text))
    let width = scanner.digits
    guard let first = scanner.number(1...4), let mark = scanner.take(anyOf: "-/."),
      let second = scanner.number(1...2), scanner.take(mark), let last = scanner.number(1...4),
      scanner.digits == 0
    else { return nil }
    let orders =
      switch (width, last) {
      case (4, ..<100): [(year: first, month: second, day: last)]
      case (..<3, 1000...):
        [(year: last, month: second, day: first), (year: last, month: first, day: second)]
      default: [(year: Int, month: Int, day: Int)]()
      }
    let exists = orders.contains { CalendarDate(year: $0.year, month: $0.month, day: $0.day) != nil }
    guard !exists, let date = orders.first(where: { (1...12).contains($0.month) }) ?? orders.first else {
      return nil
    }
    let written = String(decoding: text.drop(while: { $0 == 0x20 || $0 == 0x09 }), as: UTF8.self)
      .prefix { $0.isNumber || "-/.".contains($0) }
    problem = "\(written) is not in the calendar: \(Self.reason(date.year, date.month, date.day))"
  }

  private static func reason(_ year: Int, _ month: Int, _ day: Int) -> String {
    guard (1...12).contains(month) else { return "a year has 12 months" }
    guard day > 0 else { return "days are counted from 1" }
    return "\(monthName(month)) \(year) has \(CalendarDate.days(inMonth: month, of: year)) days"
  }
}
