// Whether times rise, and whether they do so in steps of the same size without a gap.

/// Checks times one after another.
struct RegularTimes {
  private var candidates: [TimeStep]?
  private var previous: Int64?
  /// Whether each time is after the one before.
  private(set) var rise = true
  /// The number of times.
  private(set) var count = 0

  /// Whether there is a step from each time to the next.
  var areRegular: Bool { rise && candidates?.isEmpty == false }

  /// The next time is the first of another series.
  mutating func beginSeries() { previous = nil }

  mutating func add(_ time: Int64) {
    defer { previous = time }
    count += 1
    guard let previous, rise else { return }
    rise = time > previous
    let steps = TimeStep.candidates(from: previous, to: time)
    candidates = candidates?.filter(steps.contains) ?? steps
  }
}
