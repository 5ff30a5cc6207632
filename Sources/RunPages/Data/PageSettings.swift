// What a page shows besides the runs: its title, language and metrics, and how much it holds.

import Charts
import Registry

/// The settings of a page.
public struct PageSettings: Sendable {
  /// The heading; nil for the language's own word.
  public var title: String?
  /// The language in which the page opens.
  public var language = ChartLanguage.en
  /// The metrics that the table shows at first; none for those that most runs have.
  public var metrics: [ShownMetric] = []
  /// Whether larger values of a metric are better; nil if its name doesn't tell.
  public var isLargerBetter: @Sendable (String) -> Bool? = { _ in nil }
  /// The metrics that matter most, of some names, the most important first.
  public var mainMetric: @Sendable ([String]) -> String? = { $0.first }
  /// A command line as it would be typed.
  public var command: @Sendable ([String]) -> String = { $0.joined(separator: " ") }
  /// The version of rnnpipe.
  public var version = ""
  /// The registry's path.
  public var registry = ""
  /// What the page holds at most.
  public var limits = PageLimits()

  /// The defaults.
  public init() {}
}

/// A metric in a column of the table.
public struct ShownMetric: Sendable, Equatable {
  /// Which of a run's values.
  public enum Choice: Sendable, Equatable {
    case statistic(MetricStatistic)
    case step(Int)
  }

  /// The column's heading.
  public let heading: String
  /// The metric.
  public let name: String
  /// The value.
  public let choice: Choice

  /// The value `choice` of the metric `name` under a heading.
  public init(heading: String, name: String, _ choice: Choice) {
    (self.heading, self.name, self.choice) = (heading, name, choice)
  }
}

/// How much a page holds; what is left out, it says.
public struct PageLimits: Sendable {
  /// Runs in the table, the newest first.
  public var runs = 100_000
  /// Runs upstream of those, for the lineage.
  public var upstream = 2_000
  /// Runs whose curves are in the file, the newest first.
  public var curves = 200
  /// Points of a curve.
  public var points = 400
  /// Bytes of one picture.
  public var picture = 2_000_000
  /// Bytes of all pictures.
  public var pictures = 20_000_000

  /// The usual limits.
  public init() {}
}
