// rnn-runs diff: how two runs differ.

import ArgumentParser
import JSON
import Registry
import Stage

struct DiffRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show how two runs differ.",
    discussion:
      "Compares settings, tags, last metrics, and the data read and written; --all also shows equal values.")

  @Argument(
    help: ArgumentHelp("The first run, named in one of the ways of rnn-runs --help.", valueName: "run"),
    completion: .runOrFile)
  var first: String

  @Argument(help: ArgumentHelp("The second run.", valueName: "run"), completion: .runOrFile)
  var second: String

  @Flag(help: "Also show values that are equal.")
  var all = false

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let sides = try [first, second].map { try registry.details(of: registry.run($0, run).id) }
    let rows = Self.rows(sides).filter { all || $0.values[0] != $0.values[1] }
    run.result(Self.json(sides, rows), Self.text(sides, rows), stream: .output, isColored: true)
  }

  /// One compared value.
  private struct Compared {
    let topic: String
    let key: String
    let values: [String?]
  }

  private static func rows(_ sides: [RunDetails]) -> [Compared] {
    let topics: [(String, (RunDetails) -> [String: String])] = [
      ("run", { properties($0.run) }), ("param", \.parameters), ("tag", \.tags), ("metric", metrics),
      ("input", { artifacts($0.inputs.map(\.artifact)) }),
      ("output", { artifacts($0.outputs.map(\.artifact)) }),
    ]
    return topics.flatMap { topic, values in
      let both = sides.map(values)
      return Set(both.flatMap(\.keys)).sorted().map { key in
        Compared(topic: topic, key: key, values: both.map { $0[key] })
      }
    }
  }

  private static func properties(_ run: Run) -> [String: String] {
    [
      "stage": run.stage, "name": run.name, "status": run.status.rawValue, "version": run.version,
      "seed": run.seed.map(String.init), "cpu_target": run.cpuTarget, "host": run.host,
      "command": Words.command(run.argv[...]), "time": Words.seconds(run.wall),
    ].compactMapValues { $0 }
  }

  private static func metrics(_ details: RunDetails) -> [String: String] {
    Dictionary(details.lastMetrics.map { ($0.name, Words.number($0.value)) }) { $1 }
  }

  private static func artifacts(_ artifacts: [Artifact]) -> [String: String] {
    let hashes = artifacts.enumerated().map { (String($0), Words.artifact($1, path: nil)) }
    return Dictionary(hashes) { $1 }
  }

  private static func text(_ sides: [RunDetails], _ rows: [Compared]) -> String {
    guard !rows.isEmpty else { return "no differences" }
    var table = Table([.left(""), .left("")] + sides.map { .left($0.run.shortID) })
    for row in rows { table.add([row.topic, row.key] + row.values.map { $0 ?? "-" }) }
    return table.text(TableDisplay.standardOutput)
  }

  private static func json(_ sides: [RunDetails], _ rows: [Compared]) -> JSONValue {
    let differences = rows.map { row -> JSONValue in
      let values = row.values.map { $0.map(JSONValue.string) ?? .null }
      return .object([
        "topic": .string(row.topic), "key": .string(row.key), "first": values[0], "second": values[1],
      ])
    }
    return .object([
      "first": .string(sides[0].run.id), "second": .string(sides[1].run.id),
      "differences": .array(differences),
    ])
  }
}
