// Finds the step of a series from its times, row by row.

/// Detects the step of a series, and the times that don't follow it.
public struct StepDetector: Sendable {
  /// How a time follows the previous one.
  public enum Order: Sendable, Equatable { case regular, afterGap, repeated, backwards }

  private var candidates: [TimeStep] = []
  private var first: Int64?
  private var previous: Int64?
  private var isSettled = false

  /// A detector that has seen no times.
  public init() {}

  /// The step between all times, except for gaps; nil before the second time.
  public var step: TimeStep? { candidates.first }
  /// The first and the last time.
  public var range: ClosedRange<Int64>? {
    if let first, let previous, first <= previous { first...previous } else { nil }
  }

  /// Adds the next time.
  public mutating func add(_ time: Int64) -> Order {
    defer { previous = time }
    guard let previous else {
      first = time
      return .regular
    }
    if time == previous { return .repeated }
    if time < previous { return .backwards }
    if !isSettled {
      isSettled = true
      candidates = TimeStep.candidates(from: previous, to: time)
      return .regular
    }
    let matching = candidates.filter { $0.advance(previous, by: 1) == time }
    if matching.isEmpty { return .afterGap }
    candidates = matching
    return .regular
  }
}
