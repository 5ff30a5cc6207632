// rnn-runs lineage: the tree of runs that produced data, or that read it.

import ArgumentParser
import Failures
import Foundation
import JSON
import Registry
import Stage

struct ShowLineage: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "lineage", abstract: "Show what produced a run's input, or a file.",
    discussion: """
      Follows the data upstream, to the runs that produced it: by the provenance in the stream, else by the \
      data's hash. --down follows it to the runs that read it. Runs that are not in this registry are marked. With \
      --dot the graph is printed in the language of Graphviz.

      EXAMPLES:
        rnn-runs lineage model.tensors.zst
        rnn-runs lineage --down @-3
        rnn-runs lineage forecast.png --dot | dot -Tsvg > lineage.svg
      """)

  @Argument(
    help: ArgumentHelp(
      "A run, or a file: a stream, a model, or any other output of a stage.", valueName: "id|file"),
    completion: .runOrFile)
  var subject: String

  @Flag(help: "Follow the data to the runs that read it.")
  var down = false

  @Flag(help: "Print the graph in DOT, the language of Graphviz.")
  var dot = false

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if dot, common.json { throw ValidationError("--dot and --json can't be combined") }
  }

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let isFile = subject.contains("/") || FileManager.default.fileExists(atPath: subject)
    if isFile {
      let file = try DataIdentity(reading: subject)
      let trees = try producers(of: file, registry)
      run.result(json(file, trees), text(file, trees), stream: .output)
    } else {
      let tree = try registry.lineage(of: try registry.run(subject).id, direction)
      run.result(
        tree.json(direction), dot ? LineageGraph([tree], direction).dot : LineageTree(tree).text,
        stream: .output)
    }
  }

  private var direction: LineageDirection { down ? .down : .up }

  private func json(_ file: DataIdentity, _ trees: [LineageNode]) -> JSONValue {
    .object([
      "file": .string(subject), "artifact_hash": .string(file.hash), "kind": .string(file.kind),
      "rows": file.rows.map { .integer(Int64($0)) } ?? .null,
      (down ? "made_by" : "upstream"): .array(trees.map { $0.json(direction) }),
    ])
  }

  private func text(_ file: DataIdentity, _ trees: [LineageNode]) -> String {
    let data = Artifact(hash: file.hash, kind: file.kind, rows: file.rows)
    if dot { return LineageGraph(trees, direction, file: LineageGraph.File(path: subject, data: data)).dot }
    let line = "\(printable(subject)): \(Words.artifact(data, path: nil))"
    return ([line] + LineageTree.lines(of: trees)).joined(separator: "\n")
  }

  /// The runs named in the data, else the latest run whose output has its hash.
  private func producers(of file: DataIdentity, _ registry: Registry) throws -> [LineageNode] {
    if file.origins.isEmpty {
      return try registry.producers(of: file.hash).prefix(1).map {
        try registry.lineage(of: $0.id, direction)
      }
    }
    return try file.origins.map { origin in
      guard let known = try registry.find(origin.run) else { return LineageNode(unknown: origin) }
      return try registry.lineage(of: known.id, direction)
    }
  }
}
