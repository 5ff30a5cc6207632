// rnn-runs compare: many runs in one table, of what differs and how well they did.

import ArgumentParser
import Charts
import Failures
import JSON
import Registry
import Spelling
import Stage

struct CompareRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare runs in a table.",
    discussion: """
      The columns are the parameters that differ, metrics, time and status. The runs are those named, or those \
      selected as in rnn-runs list; --last n takes the last n runs that have metrics. --metric val_loss is the last \
      value, val_loss:min, val_loss:max and val_loss:best those of all steps, and val_loss@3 that at step 3.

      EXAMPLES:
        rnn-runs compare --last 5
        rnn-runs compare baseline wide k7f3m2xq --metric val_loss:best --metric val_loss
        rnn-runs compare --tag sweep=units --min val_loss --plot
        rnn-runs compare --stage train --since 1w --sort units --csv comparison.csv
      """)

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subjects: [String] = []

  @Option(help: ArgumentHelp("The last n runs with metrics.", valueName: "n"))
  var last: Int?

  @OptionGroup var selection: FilterOptions

  @Option(help: ArgumentHelp("Sort by this column, smallest first.", valueName: "column"))
  var sort: String?

  @Flag(help: "With --sort: the largest first.")
  var descending = false

  @Option(
    help: ArgumentHelp("Show a metric's smallest value, and sort by it.", valueName: "metric"),
    completion: .metricName)
  var min: String?

  @Option(
    help: ArgumentHelp("Show a metric's largest value, and sort by it.", valueName: "metric"),
    completion: .metricName)
  var max: String?

  @Option(
    help: ArgumentHelp("Write the table as CSV (- for standard output).", valueName: "path"),
    completion: .file(extensions: ["csv"]))
  var csv: String?

  @Flag(help: "Draw the first metric of all runs by step.")
  var plot = false

  @OptionGroup var common: RunsOptions

  /// The most runs that are compared at once.
  private static let mostRuns = 10_000

  func validate() throws {
    if let last, last < 1 { throw ValidationError("--last must be at least 1") }
    if !subjects.isEmpty, last != nil || !selection.isEmpty {
      throw ValidationError("name runs or select them, not both")
    }
    if subjects.isEmpty, last == nil, selection.isEmpty {
      throw ValidationError("name runs, or select them, such as with --last 5")
    }
    if [sort, min, max].compactMap({ $0 }).count > 1 {
      throw ValidationError("--sort, --min and --max can't be combined")
    }
    if csv == "-", common.json || plot {
      throw ValidationError("--csv - can't be combined with --json or --plot")
    }
  }

  func perform(_ run: StageRun) throws {
    if let csv { try run.checkOutput(csv, isBinary: false, holds: .csv) }
    let registry = try common.open(run)
    try selection.checkNames(registry)
    let runs = try chosenRuns(registry, run)
    guard !runs.isEmpty else { return run.note("no runs") }
    let given = try givenColumns()
    let compared = try registry.compared(runs, withTags: false, withExtremes: !given.isEmpty)
    let values = try MetricValues(
      given.isEmpty ? usualColumns(compared) : given, of: compared, in: registry)
    var comparison = RunComparison(compared, values)
    if let key = try sortKey() { try comparison.sort(by: key.heading, descending: key.isDescending) }
    if let csv {
      let file = try run.file(csv)
      try file.write(comparison.table(digits: nil).csv + "\n")
      try file.finish()
    }
    if csv != "-" {
      var text = comparison.table(digits: 6).text(.standardOutput)
      if plot { text += "\n\n" + (try chart(comparison, registry)) }
      run.result(comparison.json, text, stream: .output, isColored: true)
    }
  }

  private func chosenRuns(_ registry: Registry, _ run: StageRun) throws -> [Run] {
    guard subjects.isEmpty else {
      return try subjects.reduce(into: []) { runs, subject in
        let next = try registry.run(subject, run)
        if !runs.contains(where: { $0.id == next.id }) { runs.append(next) }
      }
    }
    var filter = try selection.filter(limit: last ?? Self.mostRuns + 1)
    filter.hasMetrics = last != nil
    let found = try registry.runs(filter)
    guard last != nil || found.count <= Self.mostRuns else {
      throw Failure.usage(
        "more than \(Self.mostRuns) runs are selected", remedy: "select fewer, or use --last")
    }
    return found
  }

  /// The metrics that the options name.
  private func givenColumns() throws -> [MetricColumn] {
    var columns = try selection.columns()
    if let key = try sortKey(), let metric = key.metric, !columns.contains(metric) { columns.append(metric) }
    return columns
  }

  /// The last values of the metrics that most runs have.
  private func usualColumns(_ runs: [ComparedRun]) -> [MetricColumn] {
    var counts: [String: Int] = [:]
    for run in runs { for name in run.metrics.keys { counts[name, default: 0] += 1 } }
    let frequent = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    let main = MetricDirection.main(of: frequent)
    return ([main].compactMap { $0 } + frequent.filter { $0 != main }).prefix(4).map {
      MetricColumn(last: $0)
    }
  }

  private struct SortKey {
    let heading: String
    let isDescending: Bool
    var metric: MetricColumn?
  }

  private func sortKey() throws -> SortKey? {
    if let sort { return SortKey(heading: sort, isDescending: descending) }
    let extremes = [(min, "min"), (max, "max")]
    for (metric, statistic) in extremes {
      guard let metric else { continue }
      let column = try MetricColumn("\(metric):\(statistic)")
      return SortKey(heading: column.heading, isDescending: statistic == "max", metric: column)
    }
    return nil
  }

  private func chart(_ comparison: RunComparison, _ registry: Registry) throws -> String {
    guard let metric = comparison.values.columns.first?.name else {
      throw Failure.usage("the runs have no metric to draw", at: "--plot")
    }
    let histories = try registry.histories(of: [metric], in: comparison.rows.map(\.run))
    let curves = comparison.rows.compactMap { row -> (label: String, curve: HistoryCurve)? in
      guard let points = histories[row.run.id] else { return nil }
      return (
        row.label,
        HistoryCurve(name: metric, epochs: points.map { Double($0.step) }, values: points.map(\.value))
      )
    }
    return TextRenderer(.standardOutput).text(Chart.comparison(of: metric, runs: curves).mapTexts(printable))
  }
}
