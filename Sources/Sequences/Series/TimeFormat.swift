// The format of times in a CSV file: ISO 8601 in its usual variants, Unix seconds, years, or a pattern.

import Calendar
import Failures

/// A format of times. A file is read in a single format: the given one, or that of its first row.
public enum TimeFormat: Sendable, Equatable {
  /// `2016-07-01 00:00:00`, `2016-07-01T00:00Z`, `2016-07-01T02:00+02:00`, `2016-07-01`, `2016/7/1`,
  /// `1949-01`, `1949Q1`. A time without an offset is in UTC.
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

  /// The format of `text`, or nil. Four digits are a year, other integers are seconds.
  public static func detect(_ text: some Collection<UInt8>) -> TimeFormat? {
    for format in [TimeFormat.year, .iso, .unix] where format.seconds(text) != nil { return format }
    return nil
  }

  /// The time in Unix seconds, or nil if `text` is not a time in this format.
  public func seconds(_ text: some Collection<UInt8>) -> Int64? {
    var scanner = TimeScanner(trimming: text)
    return read(&scanner).flatMap { knownTimes.contains($0) ? $0 : nil }
  }

  private func read(_ scanner: inout TimeScanner) -> Int64? {
    switch self {
    case .iso: return scanner.isoTime()
    case .year: return scanner.year()
    case .unix: return scanner.whole()
    case .unixMilliseconds: return scanner.whole().flatMap { $0 % 1000 == 0 ? $0 / 1000 : nil }
    case .pattern(let pattern): return pattern.seconds(&scanner)
    }
  }
}

extension TimeFormat {
  /// The format of a number that is hardly anything but a time: a compact date, or Unix time of plausible size.
  static func numeric(_ text: ArraySlice<UInt8>) -> TimeFormat? {
    guard text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    switch text.count {
    case 8: return try? TimeFormat("yyyymmdd")
    case 10: return .unix
    case 13: return .unixMilliseconds
    default: return nil
    }
  }
}
