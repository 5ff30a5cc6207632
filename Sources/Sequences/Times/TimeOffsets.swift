// How the times of a series relate to UTC: what local clocks showed, for steps of days and months, and for output
// in the form of the input.

import JSON

/// The offsets from UTC of a series' times.
public enum TimeOffsets: Sendable, Equatable {
  /// The offset from a moment on.
  public struct Change: Sendable, Equatable {
    /// The first moment in Unix seconds.
    public var start: Int64
    /// Seconds east of UTC.
    public var offset: Int64
  }

  /// Times were written without an offset.
  case none
  /// Times were written with offsets, which changed at these moments.
  case written([Change])
  /// Times are those of a named zone.
  case zone(NamedZone)

  /// How many changes of written offsets are remembered: summer time for 250 years.
  static let longest = 500

  /// The offset at `time` in Unix seconds; 0 if none was written.
  public func offset(at time: Int64) -> Int64 {
    switch self {
    case .none: 0
    case .zone(let zone): zone.offset(at: time)
    case .written(let changes): (changes.last { $0.start <= time } ?? changes.first)?.offset ?? 0
    }
  }

  /// What local clocks show at `time`, in seconds since 1970 on the clock.
  public func local(_ time: Int64) -> Int64 { time + offset(at: time) }

  /// The moment at which local clocks show `local`; the first of two. Where the clock skips the time, it is as
  /// much later as the clock skips.
  public func moment(_ local: Int64) -> Int64 {
    switch self {
    case .none: return local
    case .written:
      let before = offset(at: local - 86_400)
      let moment = local - before
      return offset(at: moment) == before ? moment : local - offset(at: moment)
    case .zone(var zone):
      return zone.moments(showing: local).first ?? local - zone.offset(at: local - 86_400)
    }
  }

  /// Remembers the offset of the next time.
  mutating func add(_ offset: Int, at time: Int64) {
    guard case .written(var changes) = self else {
      if case .none = self { self = .written([Change(start: time, offset: Int64(offset))]) }
      return
    }
    if changes.last?.offset == Int64(offset) { return }
    changes.append(Change(start: time, offset: Int64(offset)))
    if changes.count > Self.longest { changes.removeFirst() }
    self = .written(changes)
  }

  /// `+02:00`; `Z` for UTC, empty if times have no offset.
  func suffix(at time: Int64) -> String {
    if case .none = self { return "" }
    let offset = Int(offset(at: time))
    if offset == 0 { return "Z" }
    let minutes = abs(offset) / 60
    return (offset < 0 ? "-" : "+") + twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
  }
}

private func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }

extension TimeOffsets {
  /// The members of `rnn.time`: `"zone":"Europe/Berlin"`, or `"offsets":[[0,3600],[1648342800,7200]]`.
  var members: [String: JSONValue] {
    switch self {
    case .none: [:]
    case .zone(let zone): ["zone": .string(zone.name)]
    case .written(let changes):
      ["offsets": .array(changes.map { .array([.integer($0.start), .integer($0.offset)]) })]
    }
  }

  /// Reads what `members` wrote; nil if it is damaged.
  init?(members: [String: JSONValue]) {
    self = .none
    if let name = members["zone"]?.string {
      guard let zone = try? NamedZone(name) else { return nil }
      self = .zone(zone)
    } else if let list = members["offsets"]?.array {
      let changes = list.compactMap { pair -> Change? in
        guard let pair = pair.array, pair.count == 2, let start = pair[0].int, let offset = pair[1].int,
          abs(offset) < 172_800
        else { return nil }
        return Change(start: Int64(start), offset: Int64(offset))
      }
      guard changes.count == list.count, !changes.isEmpty, changes.count <= Self.longest else { return nil }
      self = .written(changes)
    }
  }
}
