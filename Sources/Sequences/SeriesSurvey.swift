// The first look at a series before windows are cut: every value finite, every time where it belongs, and
// on the way what the windows need to know: the scaling, the step, the segments between gaps.

import Calendar
import Failures

/// What to do where the times of a series are not one step apart.
public enum GapRule: String, Sendable, CaseIterable {
  /// Refuse the series.
  case error
  /// Go on, dropping the windows that reach over a gap.
  case drop = "drop-windows"
  /// Take the rows as evenly spaced whatever their times say (trading days, say).
  case ignore
}

/// Numbers the stretches of a series between its gaps, and refuses times that can't be.
struct GapWatch {
  private let rule: GapRule
  private var sequence = TimeSequence()
  private var row = 0
  private var previous: Int64 = 0
  private(set) var gaps = 0

  init(_ rule: GapRule) { self.rule = rule }

  var step: TimeStep? { sequence.step }

  /// The segment of the next row; throws `Failure(.data)` naming the row where its time is refused.
  mutating func segment(of time: Int64) throws(Failure) -> Int {
    defer { previous = time }
    row += 1
    switch sequence.follow(time) {
    case .evenly: break
    case .twice: throw refuse(time, "the same time twice", remedy: "keep one row for each time")
    case .backwards:
      throw refuse(time, "the time goes back from \(timeText(previous))", remedy: "sort the rows by time")
    case .afterGap:
      if rule == .error { throw gap(time) }
      gaps += 1
    }
    return rule == .drop ? gaps : 0
  }

  private func gap(_ time: Int64) -> Failure {
    let step = sequence.step?.text ?? ""
    return refuse(
      time, "\(durationText(time - previous)) after \(timeText(previous)), where the step is \(step)",
      remedy: "fill the gap, or say --gaps drop-windows or --gaps ignore")
  }

  private func refuse(_ time: Int64, _ problem: String, remedy: String) -> Failure {
    Failure.data("row \(row) (\(timeText(time))): \(problem)", remedy: remedy)
  }
}

/// What a first pass over a series found.
public struct SeriesSurvey: Sendable {
  /// How many rows there are.
  public private(set) var rows = 0
  /// The step between rows, where the series has times and they are even but for `gaps`.
  public private(set) var step: TimeStep?
  /// How many times a step was longer than the others (or otherwise different).
  public private(set) var gaps = 0
  /// The scaling of the columns, fitted on the rows of part 0, or on all rows where the series is unsplit.
  public let scaler: Scaler

  /// Reads the series once.
  /// - Parameters:
  ///   - columns: the columns that windows will need.
  ///   - kind: the scaling to fit.
  ///   - gaps: what to do where the times are uneven.
  /// - Throws: `Failure(.data)`: a value that is not finite (row, time and column named), times that repeat,
  ///   go back or, by the rule, leave a gap.
  public init(_ series: SeriesSpool, columns: [String], scale kind: ScaleKind, gaps rule: GapRule) throws {
    let places = try series.facts.indices(of: columns)
    var fit = ScalerFit(columns: columns)
    var watch = GapWatch(rule)
    var count = 0
    try series.forEach { block in
      for row in 0..<block.rows {
        let time = block.times?[row]
        let values = places.map { block.values[row * block.width + $0] }
        if let bad = values.firstIndex(where: { !$0.isFinite }) {
          throw Self.notFinite(row: count + row, time: time, column: columns[bad])
        }
        if let time { _ = try watch.segment(of: time) }
        if kind != .none, block.parts.map({ $0[row] == 0 }) ?? true { fit.add(values) }
      }
      count += block.rows
    }
    rows = count
    gaps = watch.gaps
    // A step that is only right for some rows is no fact to hand on.
    step = rule == .ignore && watch.gaps > 0 ? nil : watch.step
    scaler = try fit.scaler(kind, basis: series.hasParts ? .train : .all)
  }

  private static func notFinite(row: Int, time: Int64?, column: String) -> Failure {
    let time = time.map { " (\(timeText($0)))" } ?? ""
    return Failure.data(
      "row \(row + 1)\(time), column \(column): the value is missing or infinite",
      remedy: "fill it in, or leave the column out with --columns")
  }
}
