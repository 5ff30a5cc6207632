// A recipe as command lines: the pipelines in order, and the paths in them.

import Registry
import Stage

/// How the words of command lines are written.
protocol RecipeStyle {
  /// The command line of a step.
  func words(of step: Recipe.Step) -> [String]
  /// A file's path.
  func path(_ path: String) -> String
  /// The folder in which a step runs; nil for that in which the recipe begins.
  func folder(of step: Recipe.Step) -> String?
}

extension Recipe {
  /// The steps that are connected by pipes, in the order in which they can be run.
  var pipelines: [[Step]] {
    steps.compactMap { step in
      if case .pipe = step.standardOutput { return nil }
      var pipeline = [step]
      while case .pipe(let index) = pipeline[0].standardInput { pipeline.insert(steps[index], at: 0) }
      return pipeline
    }
  }

  /// A pipeline for a shell.
  /// - Parameter number: of the first unknown input, for the name of its variable.
  static func commandLine(_ pipeline: [Step], _ style: some RecipeStyle) -> String {
    var line = pipeline.map { command($0, style) }.joined(separator: " |\n  ")
    if let first = pipeline.first {
      switch first.standardInput {
      case .none, .pipe: break
      case .files(let paths) where paths.count == 1: line += " < " + Words.quoted(style.path(paths[0]))
      case .files(let paths): line = "cat \(Words.command(paths.map(style.path)[...])) |\n  " + line
      case .unknown: line = "cat \"${\(inputVariable(first)):?\(unknownInput(first))}\" |\n  " + line
      }
    }
    if case .file(let path)? = pipeline.last?.standardOutput {
      line += " > " + Words.quoted(style.path(path))
    }
    return line
  }

  private static func command(_ step: Step, _ style: some RecipeStyle) -> String {
    let command = Words.command(style.words(of: step)[...])
    return style.folder(of: step).map { "(cd \(Words.quoted($0)) && \(command))" } ?? command
  }

  /// What is said of an input that came from a program that records nothing.
  static func unknownInput(_ step: Step) -> String {
    "\(step.run.stage) \(step.run.shortID) read a pipe from another program, which is not recorded"
  }

  private static func inputVariable(_ step: Step) -> String { "INPUT_\(step.run.shortID)" }

  /// The files that a step writes itself or through the shell.
  static func files(writtenBy step: Step) -> [String] {
    var paths = step.outputs.compactMap(\.path)
    if case .file(let path) = step.standardOutput { paths.append(path) }
    return paths
  }

  /// The files that a step reads itself or through the shell.
  static func files(readBy step: Step) -> [String] {
    var paths = step.inputs.compactMap(\.path)
    if case .files(let more) = step.standardInput { paths += more }
    return paths
  }
}

/// The command lines as they were recorded, beginning in the folder of the last run.
struct RecordedStyle: RecipeStyle {
  let base: String

  func words(of step: Recipe.Step) -> [String] { step.run.argv }
  func path(_ path: String) -> String { relative(path) }
  func folder(of step: Recipe.Step) -> String? { step.run.cwd == base ? nil : step.run.cwd }

  /// The path from the folder in which the script begins.
  func relative(_ path: String) -> String {
    let prefix = base.hasSuffix("/") ? base : base + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }
}
