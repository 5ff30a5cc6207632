// The options of pages, shared by report and serve: which runs are shown, and how.

import ArgumentParser
import Charts
import Failures
import Registry
import RunPages
import Stage

/// The language, title and size of a page.
struct PageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The page's heading (default: Runs).", valueName: "text"))
  var title: String?

  @Option(
    help: ArgumentHelp("The language in which the page opens: en or zh.", valueName: "language"),
    completion: .list(ChartLanguage.allCases.map(\.rawValue)), transform: PageOptions.language)
  var language = ChartLanguage.en

  @Option(help: ArgumentHelp("At most this many runs, the newest (default: 100000).", valueName: "n"))
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
  }

  private static func language(_ text: String) throws -> ChartLanguage {
    guard let language = ChartLanguage(rawValue: text) else {
      throw ValidationError("the languages are en and zh")
    }
    return language
  }

  /// The settings of a page that shows these metrics at first.
  func settings(_ metrics: [MetricColumn], _ options: RunsOptions) throws -> PageSettings {
    var settings = PageSettings()
    (settings.title, settings.language, settings.version) = (title, language, rnnpipeVersion)
    settings.registry = options.location.path
    if let limit { settings.limits.runs = limit }
    settings.metrics = try metrics.map { metric in
      if case .step(let step) = metric.choice {
        return ShownMetric(heading: metric.heading, name: metric.name, .step(step))
      }
      return ShownMetric(
        heading: metric.heading, name: metric.name, .statistic(try metric.statistic() ?? .last))
    }
    settings.isLargerBetter = { try? MetricDirection.isLargerBetter($0) }
    settings.mainMetric = { MetricDirection.main(of: $0) }
    settings.command = { Words.command($0[...]) }
    return settings
  }
}

/// The runs of a page: those named, or those selected, the newest first.
struct PageRuns {
  let subjects: [String]
  let selection: FilterOptions
  let limit: Int

  /// The runs, and the number of older ones that are left out.
  func read(_ registry: Registry, _ run: StageRun) throws -> (runs: [Run], older: Int) {
    guard subjects.isEmpty else {
      let named = try subjects.map { try registry.run($0, run) }
      let unique = Dictionary(named.map { ($0.id, $0) }) { first, _ in first }.values
      return (unique.sorted { $0.id > $1.id }, 0)
    }
    return try selected(registry)
  }

  /// The runs that pass the filter.
  func selected(_ registry: Registry) throws -> (runs: [Run], older: Int) {
    var filter = try selection.filter(limit: limit < Int.max ? limit + 1 : nil)
    let found = try registry.runs(filter)
    guard found.count > limit else { return (found, 0) }
    filter.limit = nil
    return (Array(found.prefix(limit)), try registry.count(filter) - limit)
  }
}
