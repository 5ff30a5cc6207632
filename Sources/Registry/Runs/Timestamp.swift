// Points in time in the registry's format: UTC, to the millisecond, as text that sorts by time and that SQLite's date
// functions can parse.

import Calendar
import Glibc

/// A point in time, to the millisecond.
public struct Timestamp: Sendable, Equatable, Comparable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public let milliseconds: Int64

  /// `milliseconds` since 1970-01-01T00:00:00Z; negative before.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The current time.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Parses the format of `text`; nil for anything else.
  public init?(text: String) {
    let numbers = Self.numbers(in: text)
    let limits = [9999, 12, 31, 23, 59, 60, 999]
    guard numbers.count == limits.count, zip(numbers, limits).allSatisfy({ $0 <= $1 }), text.hasSuffix("Z"),
      let date = CalendarDate(year: numbers[0], month: numbers[1], day: numbers[2])
    else { return nil }
    let time = CalendarTime(date: date, secondOfDay: numbers[3] * 3600 + numbers[4] * 60 + numbers[5])
    self.init(milliseconds: time.unix * 1000 + Int64(numbers[6]))
  }

  /// The numbers in a text, each at most 9999: larger ones belong to no time.
  private static func numbers(in text: String) -> [Int] {
    var (numbers, isInNumber) = ([Int](), false)
    for byte in text.utf8 {
      let isDigit = (0x30...0x39).contains(byte)
      defer { isInNumber = isDigit }
      guard isDigit else { continue }
      if !isInNumber { numbers.append(0) }
      numbers[numbers.count - 1] = min(numbers[numbers.count - 1] * 10 + Int(byte - 0x30), 10_000)
    }
    return numbers
  }

  /// `2026-03-01T12:34:56.789Z`.
  public var text: String {
    String(decoding: utc.utf8.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "T") : $0 }, as: UTF8.self)
      + ".\(threeDigits(fraction))Z"
  }

  /// `2026-03-01 13:34:56` in the local time zone.
  public var localText: String {
    var time = time_t(seconds)
    var parts = tm()
    localtime_r(&time, &parts)
    return CalendarTime(unix: seconds + Int64(parts.tm_gmtoff)).text
  }

  /// `20260301-123456789`, the beginning of a run's id.
  var compactText: String {
    let digits = utc.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
    return String(decoding: digits.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
      + threeDigits(fraction)
  }

  /// `2026-03-01 12:34:56`.
  private var utc: String { CalendarTime(unix: seconds).text }

  private var fraction: Int64 { ((milliseconds % 1000) + 1000) % 1000 }
  private var seconds: Int64 { (milliseconds - fraction) / 1000 }

  private func threeDigits(_ number: Int64) -> String { String(String(1000 + number).dropFirst()) }

  /// Whether `left` is earlier.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
}

extension Timestamp: Codable {
  /// Reads the format of `encode`, or milliseconds since 1970; throws `DecodingError` for anything else.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let milliseconds = try? container.decode(Int64.self), knownMilliseconds.contains(milliseconds) {
      self.init(milliseconds: milliseconds)
      return
    }
    guard let time = Timestamp(text: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time")
    }
    self = time
  }

  /// Writes `text` as a string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// The years 1970 to 9999.
private let knownMilliseconds: Range<Int64> = 0..<253_402_300_800_000
