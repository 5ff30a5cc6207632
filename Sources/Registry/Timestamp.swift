// Points in time as the registry writes them: UTC, to the millisecond, in text that sorts and that
// SQLite's date functions read.

import Glibc

/// A point in time, to the millisecond.
public struct Timestamp: Sendable, Equatable, Comparable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public let milliseconds: Int64

  /// `milliseconds` since 1970-01-01T00:00:00Z; negative before.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The present.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Reads what `text` writes; nil for anything else.
  public init?(text: String) {
    let digits = text.split { !$0.isNumber }.compactMap { Int32($0) }
    guard digits.count == 7, text.hasSuffix("Z") else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (digits[0] - 1900, digits[1] - 1, digits[2])
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (digits[3], digits[4], digits[5])
    self.init(milliseconds: Int64(timegm(&parts)) * 1000 + Int64(digits[6]))
  }

  /// `2026-03-01T12:34:56.789Z`.
  public var text: String { formatted("%Y-%m-%dT%H:%M:%S", local: false) + ".\(padded(fraction, 3))Z" }

  /// `2026-03-01 13:34:56` by the clock of the reader's time zone.
  public var localText: String { formatted("%Y-%m-%d %H:%M:%S", local: true) }

  /// `20260301-123456789`, the head of a run's id.
  var compactText: String { formatted("%Y%m%d-%H%M%S", local: false) + padded(fraction, 3) }

  private var fraction: Int64 { ((milliseconds % 1000) + 1000) % 1000 }

  private func formatted(_ format: String, local: Bool) -> String {
    var seconds = time_t((milliseconds - fraction) / 1000)
    var parts = tm()
    if local { localtime_r(&seconds, &parts) } else { gmtime_r(&seconds, &parts) }
    var buffer = [CChar](repeating: 0, count: 32)
    let count = strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Whether `left` is earlier.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
}

extension Timestamp: Codable {
  /// Reads what `encode` writes, a string as `text` has it; throws `DecodingError` for any other.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
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
