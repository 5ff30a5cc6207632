// A few of many names, for messages.

/// The first of some names, and how many there are.
struct NameList: Sendable {
  private static let shown = 5
  private var first: [String] = []
  private(set) var count = 0

  mutating func add(_ name: String) {
    count += 1
    if first.count < Self.shown { first.append(name) }
  }

  /// `A, B, C, D, E, ...`
  var text: String { first.joined(separator: ", ") + (count > first.count ? ", ..." : "") }
}
