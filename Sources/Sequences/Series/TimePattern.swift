// Times written in a pattern of fields and literal characters.

import Calendar
import Failures

/// A pattern of fields and literal characters, such as `dd.mm.yyyy HH:MM:SS`.
public struct TimePattern: Sendable, Equatable {
  private enum Part: Equatable { case year, month, day, hour, minute, second, literal(UInt8) }
  private let parts: [Part]

  private static let words: [(String, Part)] = [
    ("yyyy", .year), ("mm", .month), ("dd", .day), ("HH", .hour), ("MM", .minute), ("SS", .second),
    ("%Y", .year), ("%m", .month), ("%d", .day), ("%H", .hour), ("%M", .minute), ("%S", .second),
  ]

  init(_ text: String) throws(Failure) {
    var parts: [Part] = []
    var rest = Substring(text)
    while let first = rest.utf8.first {
      if let (word, part) = Self.words.first(where: { rest.hasPrefix($0.0) }) {
        parts.append(part)
        rest = rest.dropFirst(word.count)
      } else {
        parts.append(.literal(first))
        rest = Substring(rest.utf8.dropFirst())
      }
    }
    guard parts.contains(.year) else {
      throw Failure.usage(
        "the time format \(text) has no year", at: "--time-format",
        remedy: "use iso, year, unix, unix-ms, or a pattern such as \"dd.mm.yyyy HH:MM:SS\"")
    }
    self.parts = parts
  }

  func seconds(_ scanner: inout TimeScanner) -> Int64? {
    var (year, month, day, hour, minute, second) = (0, 1, 1, 0, 0, 0)
    for part in parts {
      switch part {
      case .literal(let byte): guard scanner.take(byte) else { return nil }
      case .year: guard scanner.number(4...4, into: &year) else { return nil }
      case .month: guard scanner.number(1...2, into: &month) else { return nil }
      case .day: guard scanner.number(1...2, into: &day) else { return nil }
      case .hour: guard scanner.number(1...2, into: &hour) else { return nil }
      case .minute: guard scanner.number(1...2, into: &minute) else { return nil }
      case .second: guard scanner.number(1...2, into: &second) else { return nil }
      }
    }
    guard scanner.isAtEnd, hour < 24, minute < 60, second < 60 else { return nil }
    guard let date = CalendarDate(year: year, month: month, day: day) else { return nil }
    return CalendarTime(date: date, secondOfDay: hour * 3600 + minute * 60 + second).unix
  }
}
