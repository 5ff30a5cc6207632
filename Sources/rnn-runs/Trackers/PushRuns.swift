// rnn-runs push: sends runs to a server of another program.

import ArgumentParser
import Failures
import JSON
import OperatingSystem
import Registry
import Stage
import Trackers

struct PushRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Send runs to an MLflow server, or to a collector of OpenLineage events.",
    discussion: """
      --mlflow sends parameters, tags and the whole history of the metrics. A run that the server has, from an earlier \
      push or from RNN_MLFLOW_URI during training, is recognized by its tag rnnpipe.run, and only what it lacks is sent. \
      --openlineage sends the events of rnn-runs export --format openlineage.

      The experiment is that of --experiment, else $MLFLOW_EXPERIMENT_NAME, else rnnpipe. Who you are to the server is \
      read from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, else from MLFLOW_TRACKING_TOKEN; for OpenLineage, \
      from OPENLINEAGE_API_KEY.

      EXAMPLES:
        rnn-runs push @-1 --mlflow http://127.0.0.1:5000
        rnn-runs push --stage train --since 1w --mlflow https://mlflow.example.org
        rnn-runs push --tag project=imdb --openlineage http://127.0.0.1:5000
      """)

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subjects: [String] = []

  @Option(help: ArgumentHelp("The MLflow server.", valueName: "url"))
  var mlflow: String?

  @Option(help: ArgumentHelp("The experiment in MLflow, created if it is missing.", valueName: "name"))
  var experiment: String?

  @Option(
    help: ArgumentHelp(
      "The server that collects OpenLineage events; without a path, /api/v1/lineage is meant.",
      valueName: "url"))
  var openlineage: String?

  @OptionGroup var selection: FilterOptions

  @OptionGroup var common: RunsOptions

  private var chosen: RunSelection { RunSelection(subjects, selection) }

  func validate() throws {
    if (mlflow == nil) == (openlineage == nil) {
      throw ValidationError("say where: --mlflow URL or --openlineage URL")
    }
    if experiment != nil, mlflow == nil { throw ValidationError("--experiment needs --mlflow") }
    if experiment?.isEmpty == true { throw ValidationError("--experiment needs a name") }
    try chosen.validate()
    if chosen.isEmpty { throw ValidationError("name runs, or select them, such as with --stage train") }
  }

  func perform(_ run: StageRun) throws {
    if let mlflow {
      let address = try MLflowAddress(mlflow, environment: environment)
      try push(to: address, run)
    } else if let openlineage {
      try push(to: OpenLineageEndpoint(openlineage, key: environment("OPENLINEAGE_API_KEY")), run)
    }
  }
}

// MARK: - MLflow

extension PushRuns {
  private func push(to address: MLflowAddress, _ run: StageRun) throws {
    let registry = try common.open(run)
    let name = experiment ?? environment("MLFLOW_EXPERIMENT_NAME") ?? MLflowAddress.usualExperiment
    let server = MLflowPush(address, experiment: name)
    var counts = PushCounts()
    let bar = run.progress("sending", total: nil)
    try chosen.forEach(registry, run) { runs in
      for found in runs {
        guard found.status != .running else { return counts.running += 1 }
        let tracked = try TrackedRun(found, in: registry)
        counts.add(try sending(counts.total) { try server.send(tracked) }, found, run)
        bar.advance(to: counts.total)
      }
    }
    bar.finish()
    if counts.running > 0 {
      run.note(
        "\(counted(counts.running, "run is", "runs are")) still running and left out; push again later")
    }
    if counts.total == 0, counts.running == 0 { return run.note("no runs") }
    run.result(counts.json, "\(counts.text) in experiment \(printable(name))", stream: .output)
  }

  /// Adds to a failure how far it came.
  private func sending<Result>(_ done: Int, _ work: () throws -> Result) throws -> Result {
    do { return try work() } catch let failure as Failure where failure.kind == .unavailable {
      let further = failure.remedy.map { "\($0); then push again" } ?? "push again"
      throw Failure(
        .unavailable, "\(failure.problem), after \(counted(done, "run"))", at: failure.place,
        remedy: "\(further): what was sent is not sent twice")
    }
  }
}

/// What was sent to MLflow.
private struct PushCounts {
  var running = 0
  private var new = 0, completed = 0, unchanged = 0, values = 0
  private var ids: [String: JSONValue] = [:]

  var total: Int { new + completed + unchanged }

  mutating func add(_ change: MLflowChange, _ found: Run, _ run: StageRun) {
    if change.isNew { new += 1 } else if change.isChanged { completed += 1 } else { unchanged += 1 }
    values += change.values
    ids[found.id] = .string(change.id)
    for name in change.cut {
      run.warn("\(found.shortID): the parameter \(name) is too long for MLflow, and is cut there")
    }
    for name in change.different {
      run.warn(
        "\(found.shortID): the parameter \(name) has another value in MLflow, which can't be changed there")
    }
  }

  var json: JSONValue {
    [
      "new": .integer(Int64(new)), "completed": .integer(Int64(completed)),
      "unchanged": .integer(Int64(unchanged)), "running": .integer(Int64(running)),
      "values": .integer(Int64(values)), "runs": .object(ids),
    ]
  }

  var text: String {
    "\(counted(new, "new run")), \(completed) completed, \(unchanged) unchanged: \(counted(values, "value")) sent"
  }
}

// MARK: - OpenLineage

extension PushRuns {
  private func push(to server: OpenLineageEndpoint, _ run: StageRun) throws {
    let registry = try common.open(run)
    var (runs, events) = (0, 0)
    let bar = run.progress("sending", total: nil)
    try chosen.forEach(registry, run) { found in
      for details in try found.map({ try registry.details(of: $0.id) }) {
        for event in try OpenLineageEvents(details).events {
          try sent(events) { try server.send(event) }
          events += 1
        }
        runs += 1
        bar.advance(to: runs)
      }
    }
    bar.finish()
    if runs == 0 { return run.note("no runs") }
    run.result(
      ["runs": .integer(Int64(runs)), "events": .integer(Int64(events))],
      "\(counted(events, "event")) of \(counted(runs, "run")) sent", stream: .output)
  }

  /// Adds to a failure how far it came. Events have no ids; a collector knows the same run by its UUID.
  private func sent(_ done: Int, _ work: () throws -> Void) throws {
    do { try work() } catch let failure as Failure where failure.kind == .unavailable {
      throw Failure(
        .unavailable, "\(failure.problem), after \(counted(done, "event"))", at: failure.place,
        remedy: failure.remedy)
    }
  }
}
