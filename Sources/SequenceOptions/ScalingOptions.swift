// The options for what is done to the values of windows beyond their scaling, and for the features of their times.

import ArgumentParser
import Sequences

/// `--scale-per`, `--transform` and `--calendar`.
public struct ScalingOptions: ParsableArguments {
  /// `--scale-per`: over which rows values are scaled; nil for the usual ones.
  @Option(
    help: ArgumentHelp(
      """
      Scale by the values of all series, of each series, or of the inputs of each window (default: series, if there \
      are several, else all).
      """, valueName: "scope"))
  public var scalePer: ScaleScope?

  /// `--transform`.
  @Option(
    help: ArgumentHelp(
      """
      Transform the targets before they are scaled: log1p or boxcox, then difference or last (the window's last value, \
      taken off all inputs), such as log1p,difference.
      """, valueName: "list"),
    completion: .list(["log1p", "boxcox", "difference", "last"]))
  public var transform: String?

  /// `--calendar`.
  @Option(
    help: ArgumentHelp(
      """
      Features of the times, known over the horizon: minute, hour, weekday, day, dayofyear, week, month or quarter, as \
      sine and cosine, or with :onehot, such as hour,weekday:onehot.
      """, valueName: "features"),
    completion: .list(CalendarFeature.Field.allCases.map(\.rawValue)))
  public var calendar: String?

  /// For ArgumentParser.
  public init() {}

  /// The transformation and the features; throws `Failure` (usage) if they can't be read.
  public func values() throws -> (transform: TargetTransform, calendar: [CalendarFeature]) {
    (
      try transform.map { try TargetTransform(parsing: $0) } ?? .none,
      try calendar.map { try CalendarFeature.list($0) } ?? []
    )
  }
}

extension ScaleScope: ExpressibleByArgument {}
