// Ends generated text before the first stop string. Text that may be the beginning of one is held back until the
// following tokens decide.

/// Passes text on up to the first stop string.
struct StopFinder {
  private let stops: [[UInt8]]
  private var held: [UInt8] = []
  /// Whether a stop string was found.
  private(set) var hasStopped = false

  init(_ stops: [String]) { self.stops = stops.map { Array($0.utf8) } }

  /// Adds `bytes`; returns the text that is certain to come before a stop string.
  mutating func pass(_ bytes: [UInt8]) -> [UInt8] {
    if stops.isEmpty { return bytes }
    held += bytes
    for start in held.indices {
      if stops.contains(where: { held[start...].starts(with: $0) }) {
        hasStopped = true
        defer { held = [] }
        return Array(held[..<start])
      }
      if stops.contains(where: { $0.starts(with: held[start...]) }) {
        defer { held.removeFirst(start) }
        return Array(held[..<start])
      }
    }
    defer { held = [] }
    return held
  }

  /// The text still held back, at the end.
  mutating func finish() -> [UInt8] {
    defer { held = [] }
    return held
  }
}
