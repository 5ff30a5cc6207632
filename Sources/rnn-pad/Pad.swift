// rnn-pad: sequences of different lengths become rows of one length, as Keras's pad_sequences does it.

import ArgumentParser
import Failures
import Sequences
import Stage
import TensorFile

/// The command `rnn-pad`.
public struct Pad: StageCommand {
  /// The help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-pad",
    abstract: "Pad and cut sequences to one length.",
    discussion: """
      FILE is a stream with sequences in the column x. Its rows get one length, as Keras's pad_sequences \
      gives them: shorter ones are padded, longer ones are cut, both at the beginning unless asked otherwise. \
      A column y that is a sequence too (a target for each step) is padded and cut alike; all other columns \
      are handed on. Without --length the longest row decides, and the input is read twice.
      """,
    examples: [
      "rnn-tokenize reviews.tsv | rnn-pad --length 200 -o data.tensors.zst",
      "rnn-tokenize reviews.tsv --like model.tensors.zst |",
      "    rnn-pad --like model.tensors.zst -o new.tensors.zst",
    ])

  @Argument(
    help: ArgumentHelp("A stream of sequences; - or nothing: standard input.", valueName: "file"),
    completion: .file())
  var file: String?

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Write to FILE, not to standard output.", valueName: "file"), completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("The length of every row (default: that of the longest).", valueName: "steps"))
  var length: Int?

  @Option(help: "Where shorter rows are padded (default: pre).")
  var padding: Padding.Side?

  @Option(help: "Where longer rows are cut (default: pre).")
  var truncating: Padding.Side?

  @Option(help: ArgumentHelp("What x is padded with (default: 0).", valueName: "number"))
  var value: Double?

  @Option(help: ArgumentHelp("What targets are padded with (default: 0).", valueName: "number"))
  var yValue: Double?

  @Option(
    help: ArgumentHelp("Do as was done for this model or stream.", valueName: "model"), completion: .file())
  var like: String?

  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Options that contradict each other are a wrong command line.
  public func validate() throws {
    if like != nil, length != nil || padding != nil || truncating != nil || value != nil {
      throw ValidationError("--like takes length, padding, truncating and value from the model")
    }
    if let length, length < 1 { throw ValidationError("--length must be at least 1") }
  }

  /// Reads, pads and writes.
  public func perform(_ run: StageRun) throws {
    try run.checkOutput(output)
    let model = try like.map { try PaddedModel($0, run) }
    let input = try PadInput(run.reader(file), isReadTwice: model == nil && length == nil)
    do {
      try model?.check(input.header)
      try write(input, model?.padding ?? padding(of: input), run)
    } catch let failure as Failure {
      throw failure.placed(at: inputName(file))
    }
  }

  private func padding(of input: PadInput) throws -> Padding {
    try Padding(
      length: length ?? input.longest(), padding: padding ?? .pre, truncating: truncating ?? .pre,
      value: value ?? 0)
  }

  private func write(_ input: PadInput, _ padding: Padding, _ run: StageRun) throws {
    var header = input.header
    header.kind = "padded"
    padding.write(into: &header)
    let writer = try run.writer(output, header: header)
    let progress = run.progress("padding", total: input.rows)
    let padder = SequencePadder(padding, targetValue: yValue ?? 0)
    var summary = PadSummary(padding)
    try input.forEach { chunk in
      try padder.pad(chunk, firstRow: summary.rows) { try writer.write($0) }
      summary.add(chunk)
      progress.advance(to: summary.rows)
    }
    progress.finish()
    guard summary.rows > 0 else { throw Failure.data("there are no rows") }
    try writer.finish()
    report(summary, padding, run)
  }

  private func report(_ summary: PadSummary, _ padding: Padding, _ run: StageRun) {
    if let like { run.parameter("like", like) }
    run.parameter("length", padding.length)
    run.parameter("padding", padding.padding.rawValue)
    run.parameter("truncating", padding.truncating.rawValue)
    run.parameter("value", padding.value)
    if let yValue { run.parameter("y_value", yValue) }
    run.result(summary.json, summary.text, stream: .error)
  }
}

extension Padding.Side: ExpressibleByArgument {}
