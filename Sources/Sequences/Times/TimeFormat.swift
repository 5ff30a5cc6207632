// The format of times in a CSV file: ISO 8601 in its usual variants, Unix time, years, or a pattern.

import Calendar
import Failures

/// A format of times. A file is read in a single format: the given one, or the one that fits all its rows.
public enum TimeFormat: Sendable, Equatable {
  /// `2016-07-01 00:00:00`, `2016-07-01T00:00Z`, `2016-07-01T02:00:00.5+02:00`, `20160701T000000Z`, `2016-07-01`,
  /// `2016/7/1`, `2016-183`, `1949-01`, `1949Q1`, `2016-W26`.
  case iso
  /// `1949`.
  case year
  /// Seconds, or parts of them, since 1970 in UTC.
  case unix(UnixUnit)
  /// The day numbers of spreadsheets: days since 1899-12-30, with fractions.
  case excel
  /// A pattern such as `dd.mm.yyyy HH:MM:SS`, or strftime's `%d.%m.%Y %H:%M:%S`.
  case pattern(TimePattern)

  /// Reads a `--time-format`: `iso`, `year`, `unix`, `unix-ms`, `unix-us`, `unix-ns`, `excel`, or a pattern such
  /// as `dd.mm.yyyy HH:MM`. Throws `Failure(.usage)` if it is neither.
  public init(_ text: String) throws(Failure) {
    switch text {
    case "iso": self = .iso
    case "year": self = .year
    case "excel": self = .excel
    default:
      if let unit = UnixUnit(rawValue: text) {
        self = .unix(unit)
      } else {
        self = .pattern(try TimePattern(text))
      }
    }
  }

  /// The text that `init` reads.
  public var text: String {
    switch self {
    case .iso: "iso"
    case .year: "year"
    case .excel: "excel"
    case .unix(let unit): unit.rawValue
    case .pattern(let pattern): pattern.text
    }
  }

  /// The time in Unix seconds, or nil if `text` is not a time in this format. A time without an offset is taken
  /// as UTC; a fraction of a second is cut off.
  public func seconds(_ text: some Collection<UInt8>) -> Int64? { read(ArraySlice(text))?.seconds }

  /// The time that is written in `text`; nil if it is not one in this format or in the years 1 to 9999.
  func read(_ text: ArraySlice<UInt8>) -> WrittenTime? {
    var scanner = TimeScanner(trimming: text)
    guard let time = read(&scanner), knownTimes.contains(time.clock), knownTimes.contains(time.seconds) else {
      return nil
    }
    return time
  }

  private func read(_ scanner: inout TimeScanner) -> WrittenTime? {
    switch self {
    case .iso: scanner.isoTime()
    case .year: scanner.year()
    case .unix(let unit): scanner.whole().map { unit.time($0.value, hasFraction: $0.hasFraction) }
    case .excel: scanner.spreadsheetDay()
    case .pattern(let pattern): pattern.read(&scanner)
    }
  }
}

extension TimeScanner {
  fileprivate mutating func year() -> WrittenTime? {
    guard let year = number(4...4), isAtEnd else { return nil }
    return CalendarDate(year: year, month: 1, day: 1).map { WrittenTime($0) }
  }
}

extension TimeFormat {
  /// Whether times in this format look like numbers.
  var isNumber: Bool {
    switch self {
    case .year, .unix, .excel: true
    case .iso: false
    case .pattern: Self.compact.values.contains(self)
    }
  }

  /// The format of `text`, or nil: a year, ISO 8601, a compact date such as 20220131, or Unix time.
  public static func detect(_ text: some Collection<UInt8>) -> TimeFormat? {
    let text = ArraySlice(text)
    if TimeFormat.year.read(text) != nil { return .year }
    return numeric(text) ?? (TimeFormat.iso.read(text) == nil ? nil : .iso)
  }

  /// The format of a number: a compact date where it is one of the years 1900 to 2100, else Unix time of plausible
  /// size.
  static func numeric(_ text: ArraySlice<UInt8>) -> TimeFormat? {
    var scanner = TimeScanner(trimming: text)
    if let format = compact[scanner.digits], let time = format.read(text), compactYears.contains(time.clock) {
      return format
    }
    guard let number = scanner.whole()?.value else { return nil }
    return UnixUnit.plausible(number).map { .unix($0) }
  }

  private static let compactYears: Range<Int64> = -2_208_988_800..<4_133_980_800
  /// Compact dates by their number of digits.
  private static let compact: [Int: TimeFormat] = Dictionary(
    uniqueKeysWithValues: ["yyyymm", "yyyymmdd", "yyyymmddHH", "yyyymmddHHMM", "yyyymmddHHMMSS"].compactMap {
      text in
      (try? TimeFormat(text)).map { (text.utf8.count, $0) }
    })
}
