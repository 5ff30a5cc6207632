// How a CSV file writes its times: ISO 8601 in its usual variants, Unix seconds, years, or a pattern.

import Calendar
import Failures

/// A way to write times. A file is read in one format throughout: the one given, or its first row's.
public enum TimeFormat: Sendable, Equatable {
  /// `2016-07-01 00:00:00`, `2016-07-01T00:00Z`, `2016-07-01T02:00+02:00`, `2016-07-01`, `2016/7/1`,
  /// `1949-01`, `1949Q1`. Without an offset a time is taken as UTC.
  case iso
  /// `1949`.
  case year
  /// Seconds since 1970.
  case unix
  /// Milliseconds since 1970, whole seconds only.
  case unixMilliseconds
  /// A pattern of `yyyy mm dd HH MM SS` (or strftime's `%Y %m %d %H %M %S`) and other characters.
  case pattern(TimePattern)

  /// Reads a `--time-format`: `iso`, `year`, `unix`, `unix-ms`, or a pattern such as `dd.mm.yyyy HH:MM`.
  public init(_ text: String) throws(Failure) {
    switch text {
    case "iso": self = .iso
    case "year": self = .year
    case "unix": self = .unix
    case "unix-ms": self = .unixMilliseconds
    default: self = .pattern(try TimePattern(text))
    }
  }

  /// The format that `text` is written in, or nil. Four digits are a year, other whole numbers seconds.
  public static func detect(_ text: some Collection<UInt8>) -> TimeFormat? {
    for format in [TimeFormat.year, .iso, .unix] where format.seconds(text) != nil { return format }
    return nil
  }

  /// Unix seconds, or nil where `text` is not a time in this format.
  public func seconds(_ text: some Collection<UInt8>) -> Int64? {
    var scanner = DigitScanner(trimming: text)
    return read(&scanner).flatMap { knownTimes.contains($0) ? $0 : nil }
  }

  private func read(_ scanner: inout DigitScanner) -> Int64? {
    switch self {
    case .iso: return scanner.isoTime()
    case .year: return scanner.year()
    case .unix: return scanner.whole()
    case .unixMilliseconds: return scanner.whole().flatMap { $0 % 1000 == 0 ? $0 / 1000 : nil }
    case .pattern(let pattern): return pattern.seconds(&scanner)
    }
  }
}

/// Fields and literal characters, as in `dd.mm.yyyy HH:MM:SS`.
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
        remedy: "iso, year, unix, unix-ms, or a pattern such as \"dd.mm.yyyy HH:MM:SS\"")
    }
    self.parts = parts
  }

  func seconds(_ scanner: inout DigitScanner) -> Int64? {
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

/// Reads numbers and marks from the front of a short text.
struct DigitScanner {
  private var bytes: ArraySlice<UInt8>

  init(trimming text: some Collection<UInt8>) {
    bytes = Array(text)[...]
    while bytes.first == 0x20 || bytes.first == 0x09 { bytes.removeFirst() }
    while bytes.last == 0x20 || bytes.last == 0x09 { bytes.removeLast() }
  }

  var isAtEnd: Bool { bytes.isEmpty }

  mutating func take(_ byte: UInt8) -> Bool {
    guard bytes.first == byte else { return false }
    bytes.removeFirst()
    return true
  }

  /// Reads a number of as many digits as stand there, which must be within `digits`.
  mutating func number(_ digits: ClosedRange<Int>, into value: inout Int) -> Bool {
    let run = bytes.prefix { (0x30...0x39).contains($0) }.prefix(digits.upperBound)
    guard run.count >= digits.lowerBound else { return false }
    value = run.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    bytes = bytes.dropFirst(run.count)
    return true
  }

  func whole() -> Int64? { Int64(String(decoding: bytes, as: UTF8.self)) }

  mutating func year() -> Int64? {
    var year = 0
    guard number(4...4, into: &year), isAtEnd else { return nil }
    return CalendarDate(year: year, month: 1, day: 1).map { Int64($0.daysSince1970) * 86_400 }
  }

  mutating func isoTime() -> Int64? {
    guard let date = isoDate() else { return nil }
    if isAtEnd { return CalendarTime(date: date, secondOfDay: 0).unix }
    guard take(UInt8(ascii: "T")) || take(UInt8(ascii: " ")), let second = clock() else { return nil }
    guard let offset = zone(), isAtEnd else { return nil }
    return CalendarTime(date: date, secondOfDay: second).unix - Int64(offset)
  }

  private mutating func isoDate() -> CalendarDate? {
    var (year, month, day) = (0, 1, 1)
    guard number(4...4, into: &year) else { return nil }
    let slash = take(UInt8(ascii: "/"))
    let dash = !slash && take(UInt8(ascii: "-"))
    if !slash && take(UInt8(ascii: "Q")) { return quarter(of: year) }
    guard slash || dash, number(1...2, into: &month) else { return nil }
    if isAtEnd { return CalendarDate(year: year, month: month, day: 1) }
    guard take(slash ? UInt8(ascii: "/") : UInt8(ascii: "-")), number(1...2, into: &day) else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }

  private mutating func quarter(of year: Int) -> CalendarDate? {
    var quarter = 0
    guard number(1...1, into: &quarter), (1...4).contains(quarter) else { return nil }
    return CalendarDate(year: year, month: quarter * 3 - 2, day: 1)
  }

  /// `hh:mm`, `hh:mm:ss`, or with a fraction of zeros: times are kept to the second.
  private mutating func clock() -> Int? {
    var (hour, minute, second) = (0, 0, 0)
    guard number(1...2, into: &hour), take(UInt8(ascii: ":")), number(2...2, into: &minute) else {
      return nil
    }
    if take(UInt8(ascii: ":")) {
      guard number(2...2, into: &second) else { return nil }
      if take(UInt8(ascii: ".")) { while take(UInt8(ascii: "0")) {} }
    }
    return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : nil
  }

  /// Seconds east of UTC: nothing or `Z`, `+02`, `+0200`, `-05:30`.
  private mutating func zone() -> Int? {
    if isAtEnd || take(UInt8(ascii: "Z")) { return 0 }
    let west = take(UInt8(ascii: "-"))
    var (hour, minute) = (0, 0)
    guard west || take(UInt8(ascii: "+")), number(2...2, into: &hour), hour < 24 else { return nil }
    _ = take(UInt8(ascii: ":"))
    if !isAtEnd { guard number(2...2, into: &minute), minute < 60 else { return nil } }
    return (hour * 3600 + minute * 60) * (west ? -1 : 1)
  }
}
