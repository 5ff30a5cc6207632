// rnn-runs script: the pipeline that made a run's data, as a shell script or a Makefile.

import ArgumentParser
import Failures
import JSON
import Registry
import Stage

struct ScriptRun: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "script", abstract: "Print the pipeline that made a run's data as a script.",
    discussion: """
      The script has the command lines of the run and of all runs upstream of it, connected by the same pipes and \
      files. With --makefile they are rules, whose targets are the files that were written.

      EXAMPLES:
        rnn-runs script model.tensors.zst > train.sh
        rnn-runs script @-1 --makefile > Makefile
      """)

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subject: String

  @Flag(help: "Print a Makefile.")
  var makefile = false

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let found = try registry.run(subject, run)
    let recipe = try Recipe(of: found, in: registry)
    let style = RecordedStyle(base: found.cwd)
    let text = try makefile ? Makefile(recipe, style, found).text : script(recipe, style, found)
    for step in recipe.steps {
      if case .unknown = step.standardInput { run.warn(Recipe.unknownInput(step)) }
    }
    run.result(["id": .string(found.id), "script": .string(text)], text, stream: .output)
  }

  private func script(_ recipe: Recipe, _ style: RecordedStyle, _ run: Run) -> String {
    let lines = recipe.pipelines.map { Recipe.commandLine($0, style) }
    return """
      #!/bin/sh
      # What the run \(run.id) made, by rnnpipe \(run.version).
      set -eu
      cd \(Words.quoted(run.cwd))

      \(lines.joined(separator: "\n"))
      """
  }
}

/// A recipe as rules for make.
private struct Makefile {
  private let recipe: Recipe
  private let style: RecordedStyle
  private let run: Run

  init(_ recipe: Recipe, _ style: RecordedStyle, _ run: Run) throws {
    (self.recipe, self.style, self.run) = (recipe, style, run)
    if let step = recipe.steps.first(where: { $0.run.argv.contains { $0.contains("\n") } }) {
      throw Failure.data(
        "make can't have a command with a line feed", at: step.run.id,
        remedy: "use a script, without --makefile")
    }
    let paths = recipe.steps.flatMap { Recipe.files(writtenBy: $0) + Recipe.files(readBy: $0) }
    if let odd = paths.first(where: { $0.contains { ":#%=\n\t".contains($0) } }) {
      throw Failure.data(
        "make can't have a file with this name", at: odd, remedy: "use a script, without --makefile")
    }
  }

  var text: String {
    let rules = recipe.pipelines.reversed().map(rule)
    return """
      # What the run \(run.id) made, by rnnpipe \(run.version). Run make in \(run.cwd).
      .DELETE_ON_ERROR:

      \(rules.joined(separator: "\n\n"))
      """
  }

  /// Targets, what they are made from, and the command line. A pipeline that writes no file has a name as its target.
  private func rule(_ pipeline: [Recipe.Step]) -> String {
    let written = pipeline.flatMap(Recipe.files(writtenBy:))
    let read = pipeline.flatMap(Recipe.files(readBy:))
    let last = pipeline[pipeline.count - 1].run
    let targets = written.isEmpty ? "\(last.stage)-\(last.shortID)" : names(written)
    let line = Recipe.commandLine(pipeline, style).replacing("\n", with: " \\\n\t")
    let phony = written.isEmpty ? ".PHONY: \(targets)\n" : ""
    return
      "\(phony)\(targets)\(written.count > 1 ? " &" : ""): \(names(read))\n\t\(line.replacing("$", with: "$$"))"
  }

  private func names(_ paths: [String]) -> String {
    var seen: Set<String> = []
    return paths.filter { seen.insert($0).inserted }.map {
      style.relative($0).replacing("$", with: "$$").replacing(" ", with: "\\ ")
    }.joined(separator: " ")
  }
}
