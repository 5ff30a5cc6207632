// rnn-runs reproduce: runs a recorded pipeline again in a folder of its own, and compares what it makes with what was
// made then.

import ArgumentParser
import Failures
import Foundation
import JSON
import Registry
import Stage

struct ReproduceRun: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce", abstract: "Run a recorded pipeline again, and compare its outputs.",
    discussion: """
      Runs the command lines of the run and of all runs upstream of it in a new folder, which gets a registry of its \
      own; nothing outside of it is written. Then says of each output whether it is the same, bit for bit, or which \
      differed first and why: another input, another version, another kind of CPU. The exit code is 65 if one differs.

      EXAMPLES:
        rnn-runs reproduce model.tensors.zst
        rnn-runs reproduce @-1 --folder again --json
      """)

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subject: String

  @Option(
    help: ArgumentHelp("The folder, which must not exist (default: reproduced-ID).", valueName: "folder"),
    completion: .directory)
  var folder: String?

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let found = try registry.run(subject, run)
    let recipe = try Recipe(of: found, in: registry)
    let inputs = try OutsideInputs(recipe, run)
    inputs.changed.forEach { run.warn("\($0): has changed since the run \(found.shortID)") }
    let place = try ReproductionFolder(folder ?? "reproduced-\(found.shortID)")
    let style = ReproductionStyle(recipe, place.path)
    try place.run(recipe.pipelines.map { Recipe.commandLine($0, style) }, folders: style.folders)
    let again = try Registry(RegistryLocation(path: place.registry))
    let report = try ReproductionReport(recipe, again, changed: inputs.changed)
    run.result(report.json(folder: place.path), report.text, stream: .output)
    if let difference = report.firstDifference {
      throw Failure.data(
        "not the same: \(difference)", at: found.id, remedy: "what was made is in \(place.path)")
    }
  }
}

/// The files that a recipe reads and doesn't make.
private struct OutsideInputs {
  /// Those with another content than at the time of the runs.
  private(set) var changed: [String] = []

  /// - Throws: `Failure` of kind `noInput` for a file that is gone, and for what came from a program that is not recorded.
  init(_ recipe: Recipe, _ run: StageRun) throws {
    let made = Set(recipe.steps.flatMap(Recipe.files(writtenBy:)))
    for step in recipe.steps {
      if case .unknown = step.standardInput {
        throw Failure(
          .noInput, Recipe.unknownInput(step), remedy: "rnn-runs script prints the rest of the pipeline")
      }
      for input in step.inputs {
        guard let path = input.path, !made.contains(path), !changed.contains(path) else { continue }
        try check(path, input.artifact.hash, step, run)
      }
    }
  }

  private mutating func check(_ path: String, _ hash: String?, _ step: Recipe.Step, _ run: StageRun) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Failure(.noInput, "the input of \(step.run.stage) \(step.run.shortID) is gone", at: path)
    }
    if let hash, try !DataIdentity(reading: path).matches(hash) { changed.append(path) }
  }
}

/// The folder in which a pipeline is run again.
private struct ReproductionFolder {
  /// The folder, absolute.
  let path: String
  var registry: String { path + "/.rnn/runs.db" }
  private var script: String { path + "/reproduce.sh" }

  /// Creates the folder.
  init(_ name: String) throws {
    path = absolutePath(name, in: FileManager.default.currentDirectoryPath)
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Failure(.cantCreate, "the folder exists", at: name, remedy: "name another with --folder")
    }
    do {
      try FileManager.default.createDirectory(atPath: path + "/.rnn", withIntermediateDirectories: true)
    } catch {
      throw Failure(.cantCreate, "the folder can't be created", at: name)
    }
  }

  /// Writes the script and runs it with the commands of this build.
  func run(_ lines: [String], folders: Set<String>) throws {
    let text = """
      #!/bin/sh
      set -eu
      cd \(Words.quoted(path))
      export RNN_REGISTRY=\(Words.quoted(registry))
      unset RNN_MLFLOW_URI
      mkdir -p \(Words.command(folders.sorted()[...]))
      \(lines.joined(separator: "\n"))

      """
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: script)) } catch {
      throw Failure(.io, "the script can't be written", at: script)
    }
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = [script]
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = "\(ownFolder):\(environment["PATH"] ?? "/usr/bin:/bin")"
    shell.environment = environment
    // What the stages print, and data that nobody reads.
    shell.standardOutput = try output()
    do { try shell.run() } catch { throw Failure(.unavailable, "/bin/sh can't be started") }
    shell.waitUntilExit()
    guard shell.terminationReason == .exit, shell.terminationStatus == 0 else {
      throw Failure.data("the pipeline failed", at: script, remedy: "see its messages above")
    }
  }

  private func output() throws -> FileHandle {
    let name = path + "/standard-output"
    guard FileManager.default.createFile(atPath: name, contents: nil),
      let file = FileHandle(forWritingAtPath: name)
    else { throw Failure(.cantCreate, "can't be created", at: name) }
    return file
  }

  /// The folder of the running executable.
  private var ownFolder: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
  }
}

/// Command lines that write into a folder only.
private struct ReproductionStyle: RecipeStyle {
  private let root: String
  /// The files that the recipe makes.
  private let made: Set<String>
  private let base: String

  init(_ recipe: Recipe, _ root: String) {
    self.root = root
    made = Set(recipe.steps.flatMap(Recipe.files(writtenBy:)))
    base = recipe.steps.last?.run.cwd ?? "/"
  }

  /// The options that name files to be written.
  private static let outputs: Set = [
    "-o", "--output", "--history", "--checkpoint", "--save-best", "--save-calibration",
  ]

  /// The options that say where else a run is recorded or shown, which its reproduction is not.
  private static let dropped: Set = ["--registry", "--tensorboard"]

  /// The folders of the files that are made.
  var folders: Set<String> {
    Set(made.map { URL(fileURLWithPath: path($0)).deletingLastPathComponent().path } + [root])
  }

  func folder(of step: Recipe.Step) -> String? { nil }

  func path(_ path: String) -> String { made.contains(path) ? place(path) : path }

  /// Where a file is written instead.
  private func place(_ path: String) -> String {
    let prefix = base.hasSuffix("/") ? base : base + "/"
    return path.hasPrefix(prefix) ? root + "/" + path.dropFirst(prefix.count) : root + "/elsewhere" + path
  }

  func words(of step: Recipe.Step) -> [String] {
    var (words, isSkipping) = ([String](), false)
    for (index, word) in step.run.argv.enumerated() {
      if isSkipping {
        isSkipping = false
      } else if Self.dropped.contains(word) {
        isSkipping = true
      } else if !["--no-registry", "--resume"].contains(word),
        !Self.dropped.contains(where: { word.hasPrefix("\($0)=") })
      {
        words.append(index == 0 ? word : placed(word, after: step.run.argv[index - 1], step.run.cwd))
      }
    }
    return words + ["--tag", "\(ReproductionReport.tag)=\(step.run.id)"]
  }

  /// A word in which a file's name is that of the new place.
  private func placed(_ word: String, after option: String, _ folder: String) -> String {
    if word.hasPrefix("-"), let sign = word.firstIndex(of: "=") {
      let value = String(word[word.index(after: sign)...])
      return word[...sign] + placed(value, after: String(word[..<sign]), folder)
    }
    if word.hasPrefix("-") { return word }
    if Self.outputs.contains(option) {
      // --save-best has a rule after the name.
      let name = word.prefix { $0 != "," }
      return place(absolutePath(String(name), in: folder)) + word.dropFirst(name.count)
    }
    let whole = absolutePath(word, in: folder)
    if made.contains(whole) { return place(whole) }
    return FileManager.default.fileExists(atPath: whole) ? whole : word
  }
}
