// The run that an argument names: by id, name or age, or by a file that it made.

import Failures
import Foundation
import Registry
import Stage

/// How the help describes the argument.
let runHelp = "The run: an id, a part of it, a name, @-1 (the last run), or a file that it made."

/// Fewer characters of an id are not typed, but could be the name of a file.
private let shortestAmbiguity = 4

extension Registry {
  /// The run that `text` names, which can also be a file that it made.
  /// - Throws: `Failure` (usage) if there is none, or several.
  func run(_ text: String, _ run: StageRun) throws -> Run {
    if let found = try exactRun(text) { return found }
    let isFile = text.contains("/") || FileManager.default.fileExists(atPath: text)
    guard isFile else { return try self.run(text) }
    if text.count >= shortestAmbiguity, let other = try namedRun(text) {
      throw Failure.usage(
        "is a file, and the beginning of the id of \(other.stage) \(other.shortID)", at: text,
        remedy: "write ./\(text), or the whole id")
    }
    return try maker(of: text, run)
  }

  /// The last run that wrote the file's data, else the run that the data says it is from.
  private func maker(of path: String, _ run: StageRun) throws -> Run {
    let file = try DataIdentity(reading: path)
    if let producer = try producers(of: file.hash).first { return producer }
    let known = try file.origins.compactMap { try find($0.run) }
    guard known.count <= 1 else {
      let names = known.map { "\($0.id) \($0.stage)" }.joined(separator: ", ")
      throw Failure.usage("the file was made by several runs: \(names)", at: path, remedy: "name one of them")
    }
    guard let maker = known.first else {
      throw Failure.usage("no run in this registry made the file", at: path, remedy: "see rnn-runs list")
    }
    return maker
  }
}
