// Time zones by their names in the tz database: the offset from UTC at a moment, and local times as moments.

import Failures
import Spelling

import struct Foundation.Date
import struct Foundation.TimeZone

/// A time zone such as `Europe/Berlin`, or a fixed offset such as `+05:30`.
public struct NamedZone: Sendable, Equatable {
  /// The name as it was given.
  public let name: String
  private let zone: TimeZone
  /// A stretch of time in which the offset is known to be constant, to look it up once per stretch.
  private var known: (range: Range<Int64>, offset: Int64)?

  /// Throws `Failure(.usage)` if there is no such zone.
  public init(_ name: String) throws(Failure) {
    guard let zone = Self.zone(name) else {
      let near = nearestWord(to: name, among: Self.names)
      throw Failure.usage(
        "there is no time zone \(name)", at: "--time-zone",
        remedy: near.map { "did you mean \($0)?" }
          ?? "use a name such as Europe/Berlin or UTC, or an offset such as +01:00"
      )
    }
    self.name = name
    self.zone = zone
  }

  /// Both have the same name.
  public static func == (a: NamedZone, b: NamedZone) -> Bool { a.name == b.name }

  /// Abbreviations that the tz database itself has as names. Others, such as IST, mean several zones.
  private static let short = [
    "UTC", "GMT", "CET", "EET", "MET", "WET", "EST", "MST", "HST", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT",
  ]
  /// The names of all zones.
  public static var names: [String] { TimeZone.knownTimeZoneIdentifiers.sorted() + short }

  private static func zone(_ name: String) -> TimeZone? {
    if name.contains("/") || short.contains(name) { return TimeZone(identifier: name) }
    var scanner = TimeScanner(trimming: Array(name.utf8)[...])
    guard name.hasPrefix("+") || name.hasPrefix("-"), let offset = scanner.offset(), scanner.isAtEnd else {
      return nil
    }
    return TimeZone(secondsFromGMT: offset)
  }

  /// The offset from UTC in seconds at a moment in Unix seconds.
  public func offset(at time: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time))))
  }

  /// As `offset(at:)`, but faster for times that follow one another.
  mutating func nextOffset(at time: Int64) -> Int64 {
    if let known, known.range.contains(time) { return known.offset }
    let offset = offset(at: time)
    let change = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: Double(time)))
    let end = change.map { Int64($0.timeIntervalSince1970.rounded(.down)) } ?? time + 86_400
    known = (time..<max(min(end, time + 31_536_000), time + 1), offset)
    return offset
  }

  /// The moments, in order, at which clocks show `local` (in seconds since 1970 on the clock): one, two in the hour
  /// that is repeated when clocks are set back, none in the hour that is skipped.
  mutating func moments(showing local: Int64) -> [Int64] {
    if let known, known.range.contains(local - known.offset - 86_400),
      known.range.contains(local - known.offset + 86_400)
    {
      return [local - known.offset]
    }
    // Offsets change at most once in two days.
    let offsets = Set([nextOffset(at: local + 86_400), nextOffset(at: local - 86_400)])
    return offsets.map { local - $0 }.filter { $0 + offset(at: $0) == local }.sorted()
  }
}
