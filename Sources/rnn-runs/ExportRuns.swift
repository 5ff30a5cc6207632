// rnn-runs export: runs with all that is recorded of them, as a table or as JSON, for other programs.

import ArgumentParser
import Failures
import JSON
import Registry
import Stage

struct ExportRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write runs as CSV, JSON Lines or OpenLineage events, or for TensorBoard, Trackio or DVC.",
    discussion: """
      Runs are selected as in rnn-runs list, and written oldest first. CSV has a line for each run: the columns of \
      the table runs, then param.KEY, tag.KEY, and of each metric its last, smallest and largest value. JSON Lines \
      have the object of rnn-runs show --json for each run, and with --history every value of every metric. \
      openlineage has the events of each run, one a line, as lineage servers such as Marquez collect them.

      Runs with metrics can also be written as the files of other programs: --tensorboard writes an event file in a folder \
      for each run, --trackio a project's database, and --dvc what DVCLive writes: metrics.json, params.yaml, \
      plots/metrics and dvc.yaml, in a folder for each run if there are several. Writing again replaces them \
      (docs/trackers.md).

      EXAMPLES:
        rnn-runs export -o runs.csv
        rnn-runs export --stage train --format jsonl --history -o runs.jsonl
        rnn-runs export --format jsonl | jq 'select(.status == "failed") | .error'
        rnn-runs export --stage train --tensorboard logs
        rnn-runs export --since 1w --trackio ~/.cache/huggingface/trackio --project imdb
        rnn-runs export @-1 --dvc dvclive
      """)

  /// The formats.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv, jsonl, openlineage
  }

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subjects: [String] = []

  @OptionGroup var selection: FilterOptions

  @Option(
    help: ArgumentHelp(
      "csv, jsonl or openlineage (default: by the ending of the output, else csv).", valueName: "format"))
  var format: Format?

  @Flag(help: "With JSON: every value of every metric.")
  var history = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The output (default: standard output).", valueName: "path"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp("Write event files for TensorBoard.", valueName: "folder"), completion: .directory)
  var tensorboard: String?

  @Option(
    help: ArgumentHelp("Write a project of Trackio to this folder, its TRACKIO_DIR.", valueName: "folder"),
    completion: .directory)
  var trackio: String?

  @Option(help: ArgumentHelp("The project in Trackio (default: rnnpipe).", valueName: "name"))
  var project: String?

  @Option(
    help: ArgumentHelp("Write files for DVC, as DVCLive does.", valueName: "folder"), completion: .directory)
  var dvc: String?

  @OptionGroup var common: RunsOptions

  private var runs: RunSelection { RunSelection(subjects, selection) }

  private var tracker: TrackerExport? {
    tensorboard.map { .tensorboard(folder: $0) }
      ?? trackio.map { .trackio(folder: $0, project: project ?? "rnnpipe") } ?? dvc.map { .dvc(folder: $0) }
  }

  private var chosen: Format {
    format
      ?? (output.flatMap(fileEnding).map { ["jsonl", "json", "ndjson"].contains($0) } == true ? .jsonl : .csv)
  }

  func validate() throws {
    try runs.validate()
    let folders = [tensorboard, trackio, dvc].compactMap { $0 }
    if folders.count > 1 || tracker != nil && (format != nil || output != nil || history) {
      throw ValidationError(
        "--tensorboard, --trackio and --dvc can't be combined with each other or with a format or -o")
    }
    if folders.contains("") { throw ValidationError("the folder has no name") }
    if project != nil, trackio == nil { throw ValidationError("--project needs --trackio") }
    if history, chosen != .jsonl { throw ValidationError("--history needs --format jsonl") }
    if let format, format != .csv, output.flatMap(fileEnding) == "csv" {
      throw ValidationError("the output's name promises CSV, but --format is \(format.rawValue)")
    }
  }

  func perform(_ run: StageRun) throws {
    if let tracker { return try tracker.write(runs, common.open(run), run) }
    try run.checkOutput(output, isBinary: false, holds: chosen == .csv ? .csv : .any)
    let registry = try common.open(run)
    let file = try run.file(output)
    switch chosen {
    case .csv: try writeTable(registry, run, to: file)
    case .jsonl:
      try runs.forEach(registry, run) { runs in
        for found in runs { try file.write(try json(registry, found).text + "\n") }
      }
    case .openlineage:
      try runs.forEach(registry, run) { runs in
        for found in runs {
          for event in try OpenLineageEvents(registry.details(of: found.id)).events {
            try file.write(event.text + "\n")
          }
        }
      }
    }
    try file.finish()
  }

  private func writeTable(_ registry: Registry, _ run: StageRun, to file: OutputFile) throws {
    var table = RunTable(registry)
    try runs.forEach(registry, run) { try table.note($0) }
    try file.write(table.header + "\n")
    try runs.forEach(registry, run) { try file.write(table.lines(of: $0)) }
  }

  private func json(_ registry: Registry, _ run: Run) throws -> JSONValue {
    var object = try registry.details(of: run.id).json.object ?? [:]
    if history { object["history"] = .array(try registry.metrics(of: run.id).map(\.json)) }
    return .object(object)
  }
}
