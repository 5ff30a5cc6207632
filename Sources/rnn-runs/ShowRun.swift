// rnn-runs show: everything about one run.

import ArgumentParser
import Registry
import Screens
import Stage

struct ShowRun: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show everything about one run.")

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var id: String

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let details = try registry.details(of: registry.run(id, run).id)
    run.result(details.json, Self.text(details), stream: .output)
  }

  static func text(_ details: RunDetails) -> String {
    let blocks = [
      properties(details.run),
      list("parameters", details.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
      list("tags", details.tags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
      list(
        "last metrics", details.lastMetrics.map { ($0.name, "\(Words.number($0.value)) at step \($0.step)") }),
      list("inputs", details.inputs.map { (origin($0), Words.artifact($0.artifact, path: $0.path)) }),
      list("outputs", details.outputs.map { ("", Words.artifact($0.artifact, path: $0.path)) }),
    ]
    return blocks.compactMap { $0 }.joined(separator: "\n")
  }

  private static func properties(_ run: Run) -> String {
    var lines: [(String, String)] = [("run", run.id), ("stage", run.stage)]
    func add(_ key: String, _ value: String?) { if let value { lines.append((key, value)) } }
    add("name", run.name)
    add("status", run.status.rawValue + (run.exitCode.map { " (exit \($0))" } ?? ""))
    add("error", run.error)
    add("command", Words.command(run.argv[...]))
    add("started", run.startedAt.localText)
    add("ended", run.endedAt?.localText)
    add(
      "took",
      run.wall.map { wall in
        "\(Words.seconds(wall)), processor \(Words.seconds(run.cpu)), memory \(Words.bytes(run.peakRSS))"
      })
    add("seed", run.seed.map(String.init))
    add("version", "\(run.version), built for \(run.cpuTarget)")
    add("host", "\(run.user)@\(run.host):\(run.cwd), process \(run.pid)")
    return aligned(lines, indent: "")
  }

  private static func list(_ title: String, _ lines: [(String, String)]) -> String? {
    lines.isEmpty ? nil : "\(title):\n" + aligned(lines, indent: "  ")
  }

  private static func aligned(_ lines: [(String, String)], indent: String) -> String {
    let width = lines.map { displayWidth($0.0) }.max() ?? 0
    return lines.map { key, value in
      let gap = width == 0 ? "" : String(repeating: " ", count: width - displayWidth(key) + 2)
      return indent + printable(key) + gap + printable(value)
    }.joined(separator: "\n")
  }

  private static func origin(_ input: RecordedInput) -> String {
    guard let upstream = input.upstream else { return "-" }
    let name = "\(upstream.stage ?? "run") \(Run.shortID(upstream.run))"
    return input.isUpstreamKnown ? name : "\(name) (not in this registry)"
  }
}
