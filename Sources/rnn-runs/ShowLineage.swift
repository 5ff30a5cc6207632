// rnn-runs lineage: the tree of runs that produced data, or that read it.

import ArgumentParser
import Failures
import Foundation
import JSON
import Registry
import Stage
import TensorFile

struct ShowLineage: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "lineage", abstract: "Show what produced a run's input, or a file.",
    discussion: """
      Follows the data upstream, to the runs that produced it: by the provenance in the stream, else by the \
      data's hash. --down follows it to the runs that read it. Runs that are not in this registry are marked.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run, or a file: a stream, a model, or any other output of a stage.", valueName: "id|file"),
    completion: .runOrFile)
  var subject: String

  @Flag(help: "Follow the data to the runs that read it.")
  var down = false

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let isFile = subject.contains("/") || FileManager.default.fileExists(atPath: subject)
    let (json, text) = isFile ? try ofFile(run, registry) : try ofRun(registry)
    run.result(json, text, stream: .output)
  }

  private var direction: LineageDirection { down ? .down : .up }

  private func ofRun(_ registry: Registry) throws -> (JSONValue, String) {
    let tree = try registry.lineage(of: try registry.run(subject).id, direction)
    return (tree.json(direction), LineageTree(tree).text)
  }

  private func ofFile(_ run: StageRun, _ registry: Registry) throws -> (JSONValue, String) {
    let file = try FileSummary(reading: subject, run)
    let trees = try producers(of: file, registry)
    let json: JSONValue = .object([
      "file": .string(subject), "artifact_hash": .string(file.hash), "kind": .string(file.kind),
      "rows": file.rows.map { .integer(Int64($0)) } ?? .null,
      (down ? "made_by" : "upstream"): .array(trees.map { $0.json(direction) }),
    ])
    return (json, ([file.line(name: subject)] + LineageTree.lines(of: trees)).joined(separator: "\n"))
  }

  /// The runs named in the stream, else the latest run whose output has its hash.
  private func producers(of file: FileSummary, _ registry: Registry) throws -> [LineageNode] {
    if file.provenance.isEmpty {
      return try registry.producers(of: file.hash).prefix(1).map {
        try registry.lineage(of: $0.id, direction)
      }
    }
    return try file.provenance.map { origin in
      guard let known = try registry.find(origin.run) else { return LineageNode(unknown: origin) }
      return try registry.lineage(of: known.id, direction)
    }
  }
}

extension LineageNode {
  fileprivate init(unknown origin: Provenance) {
    self.init(unknown: Upstream(run: origin.run, stage: origin.stage, host: origin.host))
  }
}
