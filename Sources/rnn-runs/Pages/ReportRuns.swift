// rnn-runs report: runs as one HTML file that needs no network.

import ArgumentParser
import Failures
import JSON
import Registry
import RunPages
import Stage

struct ReportRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write runs as a page: one HTML file.",
    discussion: """
      The page has a table that can be sorted and filtered, the curves of ticked runs, parallel coordinates of \
      parameters and results, the lineage, and the PNG and SVG pictures that runs wrote, if they are still as they were. \
      It needs no network, and everything is in the file, also the paths, command lines and host names that the registry \
      has. What is left out for its size, it says. --metric names the metrics that the table shows at first.

      EXAMPLES:
        rnn-runs report -o report.html
        rnn-runs report --stage train --since 1w --metric val_loss:min -o week.html
        rnn-runs report baseline wide k7f3m2xq --language zh -o three.html
      """)

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subjects: [String] = []

  @OptionGroup var selection: FilterOptions

  @OptionGroup var page: PageOptions

  @Option(
    help: ArgumentHelp(
      "How many runs have their curves in the file, the newest (default: 200).", valueName: "n"))
  var curves: Int?

  @Flag(help: "Leave out the pictures.")
  var noPictures = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The page (- for standard output).", valueName: "path"),
    completion: .file(extensions: ["html"]))
  var output: String

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if !subjects.isEmpty, !selection.isEmpty { throw ValidationError("name runs or select them, not both") }
    if let curves, curves < 0 { throw ValidationError("--curves must not be negative") }
    if output == "-", common.json { throw ValidationError("-o - can't be combined with --json") }
    if let ending = fileEnding(output), ending != "html" {
      throw ValidationError("the name ends in .\(ending), but a report is HTML")
    }
  }

  func perform(_ run: StageRun) throws {
    try run.checkOutput(output, isBinary: false, holds: .any)
    let registry = try common.open(run)
    try selection.checkNames(registry)
    var settings = try page.settings(selection.columns(), common)
    if let curves { settings.limits.curves = curves }
    if noPictures { settings.limits.pictures = 0 }
    let chosen = PageRuns(subjects: subjects, selection: selection, limit: settings.limits.runs)
    let (runs, older) = try chosen.read(registry, run)
    if older > 0 {
      run.warn(
        "the page has the newest \(counted(runs.count, "run")), without \(counted(older, "older one"))")
    }
    if runs.isEmpty { run.note("no runs") }
    let file = try write(runs, older, registry, settings, run)
    run.result(
      [
        "file": .string(output), "runs": .integer(Int64(runs.count)),
        "bytes": .integer(Int64(file.bytesWritten)),
      ],
      "\(output): \(counted(runs.count, "run")), \(Words.bytes(file.bytesWritten))",
      stream: run.wantsJSON ? .output : .error)
  }

  private func write(
    _ runs: [Run], _ older: Int, _ registry: Registry, _ settings: PageSettings, _ run: StageRun
  ) throws -> OutputFile {
    var pictures: [RecordedPicture] = []
    let data = try PageData(registry, settings).complete(runs, leavingOut: older) { pictures.append($0) }
    let file = try run.file(output)
    let document = PageDocument(title: settings.title, language: settings.language)
    try document.write(data: data, pictures: pictures) { try file.write($0) }
    try file.finish()
    return file
  }
}
