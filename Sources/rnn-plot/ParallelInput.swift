// Runs of the registry across parallel axes: those named, the trials of a sweep, or those with a tag.

import Charts
import Failures
import Registry
import Spelling
import Stage

extension PlotInput {
  /// The chart of runs with an axis for each parameter in which they differ.
  /// - Throws: `Failure` if there is no such run, or none has the metric.
  func parallel(of names: [String], registry: String?) throws -> Chart {
    let record = try Registry(registryLocation(registry))
    let runs = try ComparedRuns(names, selection, record)
    guard !runs.all.isEmpty else {
      throw Failure.data("there are no such runs", remedy: "see rnn-runs list")
    }
    let column = try MetricColumn(selection.metric ?? runs.sweep?.parameters["metric"] ?? "val_loss")
    let prefersLarge = try direction(column, runs.sweep)
    let shown = try runs.withMetric(column, record)
    guard !shown.isEmpty else {
      let known = Set(runs.all.flatMap(\.metrics.keys)).sorted()
      throw Failure.data(
        "none of \(counted(runs.all.count, "run")) has the metric \(column.heading)",
        remedy: known.isEmpty
          ? "name training runs"
          : suggestion(for: column.name, among: known, listedAs: "choose one with --metric:"))
    }
    let missing = runs.count - shown.count
    if missing > 0 { run.note("\(counted(missing, "run")) without \(column.heading) left out") }
    return .parallel(
      shown.map { ParallelRun(label: $0.run.label, parameters: $0.run.parameters, metric: $0.value) },
      parameters: try runs.axes(selection.column, shown.map(\.run)), metric: column.heading,
      prefersLarge: prefersLarge, language: language)
  }

  private func direction(_ column: MetricColumn, _ sweep: RunDetails?) throws -> Bool {
    if selection.min || selection.max { return selection.max }
    if let sweep, sweep.parameters["metric"] == column.heading {
      return sweep.parameters["direction"] == "max"
    }
    return try MetricDirection.isLargerBetter(column.name)
  }
}

/// The runs of a chart.
private struct ComparedRuns {
  let all: [ComparedRun]
  /// The sweep whose trials all of them are.
  let sweep: RunDetails?

  init(_ names: [String], _ selection: SelectionOptions, _ registry: Registry) throws {
    var (runs, sweeps, others) = ([Run](), [RunDetails](), false)
    for name in names {
      let named = try registry.run(name)
      guard named.stage == "rnn-sweep" else {
        (others, runs) = (true, runs + [named])
        continue
      }
      let details = try registry.details(of: named.id)
      sweeps.append(details)
      runs += try Self.runs([("sweep", details.parameters["resumes"] ?? named.id)], registry)
    }
    if !selection.select.isEmpty {
      others = true
      runs += try Self.runs(selection.select.map { ($0.key, $0.value) }, registry)
    }
    let unique = Dictionary(runs.map { ($0.id, $0) }) { first, _ in first }.values.sorted { $0.id < $1.id }
    all = try registry.compared(unique)
    sweep = sweeps.count == 1 && !others ? sweeps.first : nil
  }

  private static func runs(_ tags: [(String, String)], _ registry: Registry) throws -> [Run] {
    var filter = RunFilter()
    filter.tags = tags.map { TagCondition(key: $0.0, value: $0.1) }
    return try registry.runs(filter)
  }

  /// The number of runs, or of trials, which can have several.
  var count: Int { Set(all.map(Self.trial)).count }

  /// What distinguishes a run, or the trial to which it belongs.
  private static func trial(_ run: ComparedRun) -> [String] {
    guard let sweep = run.tags["sweep"], let trial = run.tags["trial"] else { return [run.run.id] }
    return [sweep, trial]
  }

  /// The runs that have a metric, of each trial the last one.
  func withMetric(_ column: MetricColumn, _ registry: Registry) throws -> [(run: ComparedRun, value: Double)]
  {
    let statistic = try column.statistic()
    var atStep: [String: Double] = [:]
    if case .step(let step) = column.choice {
      atStep = try registry.values(of: column.name, atStep: step, in: all.map(\.run))
    }
    var last: [[String]: (run: ComparedRun, value: Double)] = [:]
    for run in all {
      let value = statistic.map { run.metrics[column.name]?[$0]?.value } ?? atStep[run.run.id]
      if let value { last[Self.trial(run)] = (run, value) }
    }
    return last.values.sorted { $0.run.run.id < $1.run.run.id }
  }

  /// The most different texts of a parameter that has an axis.
  private static let mostTexts = 12

  /// The parameters that have an axis: the chosen ones, those of the sweep, or those that differ and are numbers or have
  /// few values.
  func axes(_ chosen: [String], _ runs: [ComparedRun]) throws -> [String] {
    let known = Set(runs.flatMap(\.parameters.keys)).sorted()
    if let unknown = chosen.first(where: { !known.contains($0) }) {
      throw Failure.usage(
        "no run has the parameter \(unknown)", at: "--column", remedy: suggestion(for: unknown, among: known))
    }
    if !chosen.isEmpty { return chosen }
    let swept = sweep.map(Self.sweptParameters)?.filter(known.contains) ?? []
    if !swept.isEmpty { return swept }
    let differing = known.filter { key in
      let texts = Set(runs.map { $0.parameters[key] })
      let areNumbers = texts.allSatisfy { $0.map { Double($0) != nil } ?? true }
      return texts.count > 1 && (areNumbers || texts.count <= Self.mostTexts)
    }
    guard differing.isEmpty else { return differing }
    throw Failure.data(
      "the runs don't differ in any parameter that can be drawn", remedy: "name one with --column")
  }

  /// The parameters of a sweep, as its trials record them, and its budget.
  private static func sweptParameters(_ sweep: RunDetails) -> [String] {
    let prefix = "space."
    let names = sweep.parameters.keys.filter { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.count))
    }
    let budget = sweep.parameters["budget"].flatMap { $0.split(separator: "=").first }.map(String.init)
    return (names.sorted() + [budget].compactMap { $0 }).map { String($0.map { $0 == "-" ? "_" : $0 }) }
  }
}

extension ComparedRun {
  /// The number of the trial, or the run's name, and its short id.
  fileprivate var label: String {
    [tags["trial"].map { "trial \($0)" } ?? run.name, run.shortID].compactMap { $0 }.joined(separator: " ")
  }
}
