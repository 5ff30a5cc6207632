// The table of runs as columns: what a run is, its parameters, tags and summaries of metrics.

import JSON
import Registry

/// Columns of runs, to which runs are added.
struct RunColumns {
  private(set) var count = 0
  private var texts: [String: TextColumn] = [:]
  private var numbers: [String: NumberColumn] = [:]
  private var parameters: [String: TextColumn] = [:]
  private var tags: [String: TextColumn] = [:]
  private var metrics: [String: [String: NumberColumn]] = [:]

  /// Adds a run.
  /// - Parameter command: the command line as it would be typed.
  mutating func add(_ compared: ComparedRun, command: String) {
    add(compared.run, command: command)
    for (key, value) in compared.parameters { parameters[key, default: TextColumn()].set(count, value) }
    for (key, value) in compared.tags { tags[key, default: TextColumn()].set(count, value) }
    for (name, summary) in compared.metrics { add(name, summary) }
    count += 1
  }

  private mutating func add(_ run: Run, command: String) {
    let texts: [(String, String?)] = [
      ("id", run.id), ("name", run.name), ("stage", run.stage), ("status", run.status.rawValue),
      ("command", command), ("version", run.version), ("seed", run.seed.map(String.init)),
      ("cpu_target", run.cpuTarget), ("host", run.host), ("user", run.user), ("cwd", run.cwd),
      ("error", run.error),
    ]
    for (key, text) in texts { self.texts[key, default: TextColumn()].set(count, text) }
    let times: [(String, Int64?)] = [
      ("started", run.startedAt.milliseconds), ("ended", run.endedAt?.milliseconds),
      ("memory", run.peakRSS.map(Int64.init)), ("exit", run.exitCode.map(Int64.init)),
    ]
    for (key, number) in times { numbers[key, default: NumberColumn()].set(count, number) }
    numbers["wall", default: NumberColumn()].set(count, run.wall)
    numbers["cpu", default: NumberColumn()].set(count, run.cpu)
  }

  private mutating func add(_ name: String, _ summary: MetricSummary) {
    func set(_ key: String, _ number: Double?) {
      metrics[name, default: [:]][key, default: NumberColumn()].set(count, number)
    }
    func set(_ key: String, step: Int?) {
      metrics[name, default: [:]][key, default: NumberColumn()].set(count, step)
    }
    set("last", summary.last)
    set("last_step", step: summary.lastStep)
    set("min", summary.min)
    set("min_step", step: summary.minStep)
    set("max", summary.max)
    set("max_step", step: summary.maxStep)
  }

  /// The names of the metrics.
  var metricNames: [String] { metrics.keys.sorted() }

  /// Members of the page's data: `columns`, `params`, `tags`, `metrics`.
  var members: [(String, JSONValue)] {
    func json(_ columns: [String: TextColumn]) -> JSONValue {
      .object(columns.mapValues { $0.json(rows: count) })
    }
    let plain = texts.mapValues { $0.json(rows: count) }.merging(numbers.mapValues { $0.json(rows: count) }) {
      text, _ in text
    }
    return [
      ("columns", .object(plain)), ("params", json(parameters)), ("tags", json(tags)),
      (
        "metrics",
        .object(metrics.mapValues { statistics in .object(statistics.mapValues { $0.json(rows: count) }) })
      ),
    ]
  }
}
