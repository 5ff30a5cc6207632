// rnn-inspect: shows the contents of a tensor stream or model, read once in constant memory.

import ArgumentParser
import Failures
import Stage
import TensorFile

/// The command `rnn-inspect`.
public struct Inspect: StageCommand {
  /// The help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-inspect",
    abstract: "Show the contents of a tensor stream or model.",
    discussion: """
      Prints the columns with types, shapes and statistics, the first rows, the metadata, the runs that produced \
      the data, and the artifact's hash; for a model, its layers and parameters, and for a graph their connections. \
      The whole input is read and verified.
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

  @Option(help: ArgumentHelp("The number of rows to show.", valueName: "n"))
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
    run.acceptsShard(in: reader)
    let summary = try StreamSummary(reading: reader, firstRows: rows)
    if dot {
      guard let model = summary.model else {
        throw Failure.data("is not a model, so it has no graph", at: inputName(file))
      }
      return run.result(.object(["dot": .string(model.dot)]), model.dot, stream: .output)
    }
    let hash = run.hash(of: reader) ?? ""
    run.result(
      summary.json(hash: hash), summary.text(name: inputName(file), hash: hash), stream: .output)
  }
}
