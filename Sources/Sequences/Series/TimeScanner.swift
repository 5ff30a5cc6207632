// Parses dates and times of day from short texts.

import Calendar

/// Consumes numbers and separators from the front of a short text.
struct TimeScanner {
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

  /// Reads a number; the count of its digits must be within `digits`.
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

  /// `hh:mm` or `hh:mm:ss`; a fraction must be zero, since times are stored in seconds.
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
