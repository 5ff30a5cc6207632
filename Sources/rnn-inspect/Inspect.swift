// rnn-inspect: what a tensor stream or a model holds, read once, in constant memory.

import ArgumentParser
import Failures
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
      comes from, and the artifact's hash; for a model, its layers and their parameters, and for a graph what \
      each one is connected to. The whole input is read and checked.
      """,
    examples: [
      "rnn-inspect data.tensors.zst",
      "rnn-synth sine --length 100 | rnn-inspect --rows 3",
      "rnn-inspect model.tensors.zst --json",
      "rnn-inspect model.tensors.zst --dot | dot -Tsvg > model.svg",
    ])
  /// Inspection changes nothing, so it is not recorded.
  public static let isRecorded = false

  @Argument(
    help: ArgumentHelp("The stream or model (default: standard input).", valueName: "file"),
    completion: .file())
  var file: String?

  @Option(help: ArgumentHelp("How many rows to show.", valueName: "n"))
  var rows = 5

  @Flag(help: "Print a model's graph in Graphviz's DOT language, and nothing else.")
  var dot = false

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
    let reader = try run.reader(file, limits: .model)
    let summary = try StreamSummary(reading: reader, firstRows: rows)
    if dot {
      guard let model = summary.model else {
        throw Failure.data("it isn't a model, so it has no graph", at: inputName(file))
      }
      return run.result(.object(["dot": .string(model.dot)]), model.dot, stream: .output)
    }
    let hash = run.hash(of: reader) ?? ""
    run.result(
      summary.json(hash: hash), summary.text(name: inputName(file), hash: hash), stream: .output)
  }
}
