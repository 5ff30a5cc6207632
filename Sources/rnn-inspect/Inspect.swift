// rnn-inspect: what a tensor stream or a model holds, read once, in constant memory.

import ArgumentParser
import Stage
import TensorFile

/// The command `rnn-inspect`.
public struct Inspect: StageCommand {
  /// The help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-inspect",
    abstract: "Show what a tensor stream or a model holds.",
    discussion: """
      Prints the columns with types, shapes and statistics, the first rows, the metadata, where the data \
      comes from, and the artifact's hash; of a model, its layers and their parameters. The whole input is \
      read and checked.
      """,
    examples: [
      "rnn-inspect data.tensors.zst",
      "rnn-synth sine --length 100 | rnn-inspect --rows 3",
      "rnn-inspect model.tensors.zst --json",
    ])
  /// Looking changes nothing, so it is not recorded.
  public static let isRecorded = false

  @Argument(
    help: ArgumentHelp("The stream or model; standard input where none is named.", valueName: "file"),
    completion: .file())
  var file: String?

  @Option(help: ArgumentHelp("How many rows to show.", valueName: "n"))
  var rows = 5

  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// A negative number of rows is a wrong command line.
  public func validate() throws {
    if rows < 0 { throw ValidationError("--rows must not be negative") }
  }

  /// Reads everything and prints the report on standard output.
  public func perform(_ run: StageRun) throws {
    let reader = try run.reader(file)
    let summary = try StreamSummary(reading: reader, firstRows: rows)
    let hash = run.hash(of: reader) ?? ""
    run.result(
      summary.json(hash: hash), summary.text(name: inputName(file), hash: hash), stream: .output)
  }
}
