// The first pass over the times of a series: rejects times that don't rise, and finds the step, which is the
// commonest distance between neighboring rows, wherever in the series the gaps are.

import Calendar
import Failures

/// Counts the distances between neighboring times, and checks their order.
public struct StepCensus: Sendable {
  /// More distinct distances than this are not counted: such times have no step.
  private static let mostSteps = 1 << 16
  /// Clocks are not set back more often than this: in seconds.
  private static let leastBetweenRepeats: Int64 = 90 * 86_400

  private let column: TimeColumn
  private let allowsRepeatedHour: Bool
  private var counts: [TimeStep: Int] = [:]
  private var distances = 0
  private var row = 0
  private var previous: Int64?
  /// The latest distance of less than a day, and how often in a row it occurred.
  private var run: (seconds: Int64, count: Int) = (0, 0)
  /// The rows at which clocks seem to have been set back, by how much, and when.
  private var repeats: [(row: Int, previous: Int64, time: Int64)] = []

  /// - Parameters:
  ///   - column: the time column, with its offsets.
  ///   - policy: with `.ignore`, local times may repeat the hour in which clocks are set back.
  public init(_ column: TimeColumn, gaps policy: GapPolicy) {
    self.column = column
    allowsRepeatedHour = policy == .ignore && column.offsets == .none
  }

  /// Adds the next time. Throws `Failure(.data)` if it repeats or goes backwards.
  public mutating func add(_ time: Int64) throws(Failure) {
    defer { previous = time }
    row += 1
    guard let previous else { return }
    guard time > previous else { return try addRepeat(time, after: previous) }
    distances += 1
    if time - previous == run.seconds { return run.count += 1 }
    endRun()
    if time - previous < 82_800 { return run = (time - previous, 1) }
    for step in TimeStep.candidates(from: previous, to: time, column.offsets) { count(step, 1) }
  }

  private mutating func endRun() {
    if run.count > 0 { count(.seconds(run.seconds), run.count) }
    run = (0, 0)
  }

  private mutating func count(_ step: TimeStep, _ more: Int) {
    if counts.count < Self.mostSteps || counts[step] != nil { counts[step, default: 0] += more }
  }

  /// Adds the distances of another series.
  mutating func merge(_ other: StepCensus) {
    var other = other
    other.endRun()
    for (step, more) in other.counts { count(step, more) }
    distances += other.distances
  }

  /// The number of distances between neighboring times.
  var total: Int { distances }

  /// Accepts a repeated hour for now; whether it is one is known once the step is.
  private mutating func addRepeat(_ time: Int64, after previous: Int64) throws(Failure) {
    let isTooSoon = repeats.last.map { time - $0.time < Self.leastBetweenRepeats } ?? false
    guard allowsRepeatedHour, previous - time < 3600, !isTooSoon else {
      throw wrongOrder(row, time, previous)
    }
    repeats.append((row, previous, time))
  }

  /// What was found. Throws `Failure(.data)` if a time repeats that is not in the hour when clocks are set back.
  /// - Parameter expected: the step that a model was trained with, which is preferred if it fits equally well.
  public mutating func result(expected: TimeStep? = nil) throws(Failure) -> (step: TimeStep?, gaps: Int) {
    endRun()
    let best = counts.max { Self.rank($0) < Self.rank($1) }
    if let bad = repeats.first(where: { !isSetBack($0.previous, $0.time, step: best?.key) }) {
      throw wrongOrder(bad.row, bad.time, bad.previous)
    }
    guard let best else { return (nil, 0) }
    let matches = expected.flatMap { wanted in
      counts.first { $0.key.isSame(as: wanted) && $0.value == best.value }
    }
    return (matches?.key ?? best.key, distances - best.value)
  }

  /// Of steps that are equally common, months come before days, since they hold whatever a month's length is, and
  /// shorter steps before longer ones.
  private static func rank(_ entry: (key: TimeStep, value: Int)) -> (Int, Int, Int64) {
    switch entry.key {
    case .monthEnds(let count): (entry.value, 4, -Int64(count))
    case .months(let count): (entry.value, 3, -Int64(count))
    case .days(let count): (entry.value, 2, -Int64(count))
    case .seconds(let count): (entry.value, 1, -count)
    case .businessDays(let count): (entry.value, 0, -Int64(count))
    }
  }

  /// Whether the clock was set back an hour between two rows that are one step apart.
  private func isSetBack(_ previous: Int64, _ time: Int64, step: TimeStep?) -> Bool {
    guard case .seconds(let seconds)? = step, seconds <= 3600 else { return false }
    return previous + seconds - 3600 == time
  }

  private func wrongOrder(_ row: Int, _ time: Int64, _ previous: Int64) -> Failure {
    var soFar = self
    soFar.endRun()
    let usual = soFar.counts.max { Self.rank($0) < Self.rank($1) }?.key
    let isSetBack = column.offsets == .none && isSetBack(previous, time, step: usual)
    return SeriesTimeMessages(column).wrongOrder(row: row, time, after: previous, isSetBack: isSetBack)
  }
}
