// The command that each trial runs: the words with the trial's values, and the options that rnn-train gets besides.

import Failures
import Foundation
import OperatingSystem
import Stage
import Sweeps

/// The command of a sweep.
struct TrialCommand: Sendable {
  /// The words as given.
  let given: [String]
  /// Those with the output that every trial of rnn-train needs.
  private let template: CommandTemplate
  /// The parameters that are added as options, since they are not in braces.
  private let options: [String]
  /// The file in which rnn-train keeps its state, with placeholders; nil if it keeps none.
  private let checkpoint: CommandTemplate?

  /// - Parameter budget: the name of the budget; nil if there is none.
  /// - Throws: `Failure` (usage) if trials would write the same files, or a placeholder can't be filled.
  init(_ words: [String], _ space: Space, budget: String?) throws(Failure) {
    given = words
    let isTraining = words.first.map(lastComponent) == "rnn-train"
    let names = space.parameters.map(\.name) + (budget.map { [$0] } ?? [])
    if let budget, space.parameters.contains(where: { $0.name == budget }) {
      throw .usage("\(budget) is also a parameter of the space", at: "--budget", remedy: "remove one of them")
    }
    let hasOutput = TrialCommand.value(of: ["-o", "--output"], in: words) != nil
    template = CommandTemplate(
      words + (isTraining && !hasOutput ? ["-o", "{dir}/model.tensors.zst"] : []))
    try template.check(against: names + Space.reservedNames)
    let used = template.names
    options = isTraining ? names.filter { !used.contains($0) } : []
    checkpoint =
      isTraining ? TrialCommand.value(of: ["--checkpoint"], in: words).map { CommandTemplate([$0]) } : nil
    for parameter in space.parameters where parameter.condition != nil && used.contains(parameter.name) {
      throw .usage(
        "{\(parameter.name)} would have no value where the condition of \(parameter.name) doesn't hold",
        at: "the command",
        remedy:
          "omit it: rnn-train gets an option, and scripts $\(InheritedRecord.parameterPrefix)\(parameter.variableName)"
      )
    }
    if isTraining { try TrialCommand.checkFiles(words) }
  }

  /// The options of rnn-train with files that every trial writes.
  private static let outputs = [
    ["-o", "--output"], ["--checkpoint"], ["--history"], ["--save-best"], ["--save-every"],
  ]

  private static func checkFiles(_ words: [String]) throws(Failure) {
    for names in outputs {
      guard let value = value(of: names, in: words), value != "/dev/null" else { continue }
      let used = CommandTemplate([value]).names
      guard used.contains("dir") || used.contains("trial") else {
        throw .usage(
          "every trial would write the same file \(value)", at: names.last,
          remedy: "write {dir}/\(lastComponent(of: value))")
      }
    }
  }

  /// The value of an option on a command line.
  private static func value(of names: [String], in words: [String]) -> String? {
    for (index, word) in words.enumerated() {
      if names.contains(word) { return words.dropFirst(index + 1).first }
      if let name = names.first(where: { word.hasPrefix($0 + "=") }) {
        return String(word.dropFirst(name.count + 1))
      }
    }
    return nil
  }

  /// Whether a trial that was begun continues where it was, rather than beginning again.
  var continues: Bool { checkpoint != nil }

  /// Whether the state of an earlier run of a trial is there.
  func hasState(_ values: [String: String], in folder: String) -> Bool {
    guard let path = checkpoint?.filled(with: values).first else { return false }
    return FileManager.default.fileExists(atPath: path.hasPrefix("/") ? path : "\(folder)/\(path)")
  }

  /// The words of a trial.
  /// - Parameters:
  ///   - values: by name: parameters, the budget, `dir` and `trial`.
  ///   - resumes: whether rnn-train continues from its state.
  func words(_ values: [String: String], resumes: Bool) -> [String] {
    let added = options.flatMap { name in values[name].map { ["--\(name)", $0] } ?? [] }
    return template.filled(with: values) + added + (resumes ? ["--resume"] : [])
  }
}
