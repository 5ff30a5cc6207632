// What is wrong with the times of a series, in words.

import Calendar
import Failures

/// Messages about rows whose times are wrong.
struct SeriesTimeMessages {
  private let column: TimeColumn

  init(_ column: TimeColumn) { self.column = column }

  /// A time for a message: as `2016-07-01 00:00:00`, or with its offset.
  func text(_ time: Int64) -> String { column.offsets == .none ? timeText(time) : column.text(time) }

  /// A time that is not after the one before.
  /// - Parameter isSetBack: whether it looks like the hour that is repeated when clocks are set back.
  func wrongOrder(row: Int, _ time: Int64, after previous: Int64, isSetBack: Bool) -> Failure {
    let problem = time == previous ? "the time repeats" : "the time goes backwards from \(text(previous))"
    if isSetBack {
      return failure(
        row, time, problem,
        remedy:
          "if clocks were set back here, read the file with its time zone, as in --time-zone Europe/Berlin")
    }
    if column.cutFractions, time == previous {
      return failure(
        row, time, "\(problem): rows are less than a second apart, and times are kept in whole seconds",
        remedy: "keep one row per second")
    }
    return failure(
      row, time, problem, remedy: time == previous ? "keep one row per time" : "sort the rows by time")
  }

  /// A time that is not one step after the one before.
  /// - Parameter share: the share of rows that are one step after the one before.
  func gap(row: Int, _ time: Int64, after previous: Int64, step: TimeStep, share: Double) -> Failure {
    let distance = distanceText(from: previous, to: time, step)
    let isSetForward = step.advance(previous, by: 1) + 3600 == time && isWhenClocksAreSet(time)
    let zone = isSetForward ? ", or, if clocks were set forward here, read the file with its --time-zone" : ""
    if share < 0.5 {
      return failure(
        row, time, "\(distance) after \(text(previous)), and no distance holds for half of the rows",
        remedy: "resample the series, or use --gaps ignore")
    }
    return failure(
      row, time, "\(distance) after \(text(previous)), but the step is \(step.text)",
      remedy: "use --gaps fill, --gaps drop-windows or --gaps ignore\(zone)")
  }

  /// A gap in the only window of a forecast.
  func gapInWindow(row: Int, _ time: Int64, after previous: Int64, step: TimeStep) -> Failure {
    failure(
      row, time,
      "\(distanceText(from: previous, to: time, step)) after \(text(previous)), but the step is \(step.text), "
        + "and the forecast needs the rows in between",
      remedy: "add the missing rows, or use --gaps fill or --gaps ignore")
  }

  /// A gap that can't be filled, since it isn't a whole number of steps.
  func unfillable(row: Int, _ time: Int64, after previous: Int64, step: TimeStep) -> Failure {
    failure(
      row, time,
      "\(durationText(time - previous)) after \(text(previous)), which isn't a whole number of steps of \(step.text)",
      remedy: "use --gaps drop-windows or --gaps ignore")
  }

  /// Whether a local time is in the small hours of a Sunday in spring or autumn.
  private func isWhenClocksAreSet(_ time: Int64) -> Bool {
    let local = CalendarTime(unix: time)
    return column.offsets == .none && local.date.weekday == 7 && (1...4).contains(local.secondOfDay / 3600)
      && [3, 4, 9, 10, 11].contains(local.date.month)
  }

  /// In the unit of the step where that is possible.
  private func distanceText(from previous: Int64, to time: Int64, _ step: TimeStep) -> String {
    let unit = TimeStep.candidates(from: previous, to: time, column.offsets).first { $0.hasUnit(of: step) }
    return unit?.text ?? durationText(time - previous)
  }

  private func failure(_ row: Int, _ time: Int64, _ problem: String, remedy: String) -> Failure {
    Failure.data("row \(row) (\(text(time))): \(problem)", remedy: remedy)
  }
}

extension TimeStep {
  fileprivate func hasUnit(of other: TimeStep) -> Bool {
    switch (self, other) {
    case (.seconds, .seconds), (.days, .days), (.businessDays, .businessDays), (.months, .months),
      (.monthEnds, .monthEnds):
      true
    default: false
    }
  }
}
