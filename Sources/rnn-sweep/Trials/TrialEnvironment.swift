// What a trial's processes find in their environment: the values of its parameters, the registry and the tags by which
// their runs are found, and the number of their threads.

import Failures
import Foundation
import Stage
import Sweeps

extension SweepSettings {
  /// The values of a trial by the names that can be in braces.
  func values(_ trial: TrialRun, _ configuration: Configuration, budget: Int?, folder: TrialFolder)
    -> [String: String]
  {
    var values = configuration.values
    if let rungs = plan.rungs, let budget { values[rungs.name] = "\(budget)" }
    values["dir"] = folder.path
    values["trial"] = "\(trial.trial)"
    return values
  }

  /// The environment of a trial.
  func environment(_ values: [String: String], threads: Int, searchPath: String) -> [String: String] {
    var variables = ProcessInfo.processInfo.environment
    for (name, value) in values where !Space.reservedNames.contains(name) {
      variables[InheritedRecord.parameterPrefix + Parameter.variableName(name)] = value
    }
    let outer = variables[InheritedRecord.tagVariable].map { [$0] } ?? []
    let tags = ["\(TrialTags.sweep)=\(id)", "\(TrialTags.trial)=\(values["trial"] ?? "")"]
    variables[InheritedRecord.tagVariable] = (outer + tags).joined(separator: ",")
    variables["RNN_REGISTRY"] = registry.path
    variables[Processors.variable] = "\(threads)"
    variables["PATH"] = searchPath
    return variables
  }
}

/// Where programs are found: first in the folder of this one, so that all commands are of one build.
struct SearchPath {
  let text: String

  init() {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .path
    text = "\(own):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
  }

  /// The path of a sweep's program.
  /// - Throws: `Failure` (noInput) if there is none.
  func program(of settings: SweepSettings) throws(Failure) -> String {
    let name = settings.command.given.first ?? ""
    guard let program = find(name, in: settings.workingFolder) else {
      throw Failure(
        .noInput, "there is no such program", at: name,
        remedy: name.contains(" ") ? "write a pipeline as -- sh -c '...'" : "write the command after --")
    }
    return program
  }

  /// The path of a program; nil if it isn't found or can't be run.
  /// - Parameter folder: where a relative path begins.
  private func find(_ program: String, in folder: String) -> String? {
    let candidates =
      program.contains("/")
      ? [program.hasPrefix("/") ? program : "\(folder)/\(program)"]
      : text.split(separator: ":").map { "\($0)/\(program)" }
    return candidates.first { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        && FileManager.default.isExecutableFile(atPath: path)
    }
  }
}
