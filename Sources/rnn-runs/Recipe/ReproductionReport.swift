// What came of a pipeline that was run again: for each output, whether it is the same, and if not, why.

import Failures
import JSON
import Registry
import Stage

struct ReproductionReport {
  /// The tag by which the runs that are made again name the original ones.
  static let tag = "reproduces"

  /// One output.
  private struct Compared {
    let step: Recipe.Step
    let output: RunOutput
    let hash: String?
    var isSame: Bool { hash == output.artifact.hash }
  }

  private let outputs: [Compared]
  /// The first output that differs, and the reason as far as it is known.
  private(set) var firstDifference: String?

  /// - Parameters:
  ///   - registry: that of the folder in which the pipeline was run again.
  ///   - changed: the files that have changed since.
  init(_ recipe: Recipe, _ registry: Registry, changed: [String]) throws {
    var outputs: [Compared] = []
    for step in recipe.steps {
      var filter = RunFilter()
      filter.tags = [TagCondition(key: Self.tag, value: step.run.id)]
      let again = try registry.runs(filter).first.map { try registry.details(of: $0.id) }
      let new = again?.outputs ?? []
      // Data whose reader didn't wait for its end has no hash, then or now.
      for (index, output) in step.outputs.enumerated() where output.artifact.hash != nil {
        let compared = Compared(
          step: step, output: output, hash: index < new.count ? new[index].artifact.hash : nil)
        outputs.append(compared)
        if !compared.isSame, firstDifference == nil {
          firstDifference = Self.reason(compared, again, changed)
        }
      }
    }
    self.outputs = outputs
  }

  private static func reason(_ compared: Compared, _ again: RunDetails?, _ changed: [String]) -> String {
    let run = compared.step.run
    let name = "the output of \(run.stage) \(run.shortID)"
    guard let again else { return "\(name) is missing" }
    if let input = compared.step.inputs.compactMap(\.path).first(where: changed.contains) {
      return "\(name), whose input \(input) has changed"
    }
    let differences = [
      ("version", run.version, again.run.version), ("CPU target", run.cpuTarget, again.run.cpuTarget),
    ]
    .filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) then, \($0.2) now" }
    return differences.isEmpty
      ? "\(name), with the same inputs, version and CPU target"
      : "\(name), with \(differences.joined(separator: ", "))"
  }

  /// One line for each output, and one for all.
  var text: String {
    var table = Table([.left("STAGE"), .left("RUN"), .left("OUTPUT"), .left("RESULT")])
    for compared in outputs {
      let run = compared.step.run
      table.add(
        [
          run.stage, run.shortID, compared.output.path ?? "(pipe)", compared.isSame ? "the same" : "differs",
        ], emphasis: compared.isSame ? .none : .failure)
    }
    let end = firstDifference == nil ? "\nevery output is the same, bit for bit" : ""
    return table.text(.standardOutput) + end
  }

  func json(folder: String) -> JSONValue {
    let rows = outputs.map { compared -> JSONValue in
      .object([
        "run_id": .string(compared.step.run.id), "stage": .string(compared.step.run.stage),
        "path": compared.output.path.map(JSONValue.string) ?? .null,
        "artifact_hash": compared.output.artifact.hash.map(JSONValue.string) ?? .null,
        "reproduced_hash": compared.hash.map(JSONValue.string) ?? .null, "same": .bool(compared.isSame),
      ])
    }
    return [
      "folder": .string(folder), "same": .bool(firstDifference == nil),
      "difference": firstDifference.map(JSONValue.string) ?? .null, "outputs": .array(rows),
    ]
  }
}
