// rnn-runs metrics: the history of a run's metrics, one line per step.

import ArgumentParser
import Failures
import Registry
import Spelling
import Stage

struct ShowMetrics: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "Show the history of a run's metrics.")

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var id: String

  @Option(
    help: ArgumentHelp("Only this metric; may be repeated.", valueName: "metric"), completion: .metricName)
  var name: [String] = []

  @Flag(help: "Print CSV.")
  var csv = false

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if csv, common.json { throw ValidationError("--csv and --json can't be combined") }
  }

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let id = try registry.run(id, run).id
    let all = try registry.metrics(of: id)
    let known = Set(all.map(\.name)).sorted()
    if let missing = name.first(where: { !known.contains($0) }) {
      throw Failure.usage("the run has no metric \(missing)", remedy: suggestion(for: missing, among: known))
    }
    let points = all.filter { name.isEmpty || name.contains($0.name) }
    let names = Set(points.map(\.name))
    let table = Self.table(points, names: names.sorted(), digits: csv ? nil : 6)
    let text = points.isEmpty && !csv ? "" : csv ? table.csv : table.text(TableDisplay.standardOutput)
    run.result(.array(points.map(\.json)), text, stream: .output, isColored: !csv)
    if points.isEmpty { run.note("the run has no metrics") }
  }

  /// - Parameter digits: significant digits of a value; nil for all.
  private static func table(_ points: [MetricPoint], names: [String], digits: Int?) -> Table {
    var values: [Int: [String: Double]] = [:]
    for point in points { values[point.step, default: [:]][point.name] = point.value }
    var table = Table([.right("step")] + names.map { .right($0) })
    for (step, row) in values.sorted(by: { $0.key < $1.key }) {
      let cells = names.map { name in row[name].map { digits == nil ? "\($0)" : Words.number($0) } ?? "" }
      table.add([String(step)] + cells)
    }
    return table
  }
}
