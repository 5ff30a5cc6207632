// rnn-runs best: the runs with the best values of a metric.

import ArgumentParser
import Failures
import JSON
import Registry
import Stage

struct BestRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "best", abstract: "Show the runs with the best values of a metric.",
    discussion: """
      The best value of a run counts, at whichever step it was reached: the smallest of a loss or an error, the \
      largest of an accuracy. With --metric val_loss:last the last value counts. The runs that are compared are \
      selected as in rnn-runs list.

      EXAMPLES:
        rnn-runs best --metric val_loss
        rnn-runs best --metric val_accuracy --tag project=imdb --limit 3
        rnn-runs best --metric val_loss:last --metric 'val_accuracy>0.8' --since 1w
        rnn-runs show $(rnn-runs best --metric val_loss --limit 1 --json | jq -r '.[0].id')
      """)

  @OptionGroup var selection: FilterOptions

  @Flag(help: "The smallest value is the best.")
  var min = false

  @Flag(help: "The largest value is the best.")
  var max = false

  @Option(help: ArgumentHelp("At most this many runs.", valueName: "n"))
  var limit = 10

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit must be at least 1") }
    if min, max { throw ValidationError("--min and --max can't be combined") }
  }

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    try selection.checkNames(registry)
    let column = try ranked()
    let isLarger = try max || (!min && MetricDirection.isLargerBetter(column.name))
    let statistic = try statistic(column, isLarger: isLarger)
    let found = try registry.ranking(
      by: column.name, statistic, largest: isLarger, selection.filter(limit: limit))
    let text = found.isEmpty ? "" : Self.table(found, column.heading, statistic).text(.standardOutput)
    run.result(.array(found.map { Self.json($0, statistic) }), text, stream: .output, isColored: true)
    if found.isEmpty { run.note("no runs") }
  }

  /// The only metric that is no condition.
  private func ranked() throws -> MetricColumn {
    let columns = try selection.columns()
    guard let column = columns.first, columns.count == 1 else {
      throw Failure.usage("name one metric to rank by", at: "--metric", remedy: "such as --metric val_loss")
    }
    return column
  }

  private func statistic(_ column: MetricColumn, isLarger: Bool) throws -> MetricStatistic {
    guard column.heading != column.name, column.choice != .best else { return isLarger ? .max : .min }
    guard let statistic = try column.statistic() else {
      throw Failure.usage("runs can't be ranked by a step", at: "--metric", remedy: "use \(column.name)")
    }
    return statistic
  }

  private static func table(_ found: [RankedRun], _ heading: String, _ statistic: MetricStatistic) -> Table {
    var table = Table([
      .left("ID"), .right(heading), .right("STEP"), .left("STARTED"), .left("STAGE"), .left("STATUS"),
      .left("NAME"),
      .left("COMMAND"),
    ])
    for ranked in found {
      let (run, point) = (ranked.run, ranked.metric[statistic])
      table.add(
        [
          run.shortID, point.map { Words.number($0.value) } ?? "", point.map { String($0.step) } ?? "",
          String(run.startedAt.localText.prefix(16)), run.stage, run.status.rawValue, run.name ?? "",
          Words.command(run.argv.dropFirst()),
        ], emphasis: Emphasis(run.status))
    }
    return table
  }

  private static func json(_ ranked: RankedRun, _ statistic: MetricStatistic) -> JSONValue {
    var object = ranked.run.json.object ?? [:]
    object["metric"] = ranked.metric[statistic]?.json ?? .null
    return .object(object)
  }
}
