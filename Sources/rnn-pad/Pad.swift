// rnn-pad: pads and truncates sequences to one length, like Keras's pad_sequences.

import ArgumentParser
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// The command `rnn-pad`.
public struct Pad: StageCommand {
  /// The help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-pad",
    abstract: "Pad and truncate sequences to one length.",
    discussion: """
      FILE is a stream with sequences in the column x. They are given the same length as by Keras's \
      pad_sequences: shorter ones are padded and longer ones truncated, by default at the beginning. Other \
      columns of numbers that differ in length (targets of each step, characters of words) are padded in the same \
      way, to the same length if they have the steps of x; all other columns are passed through. The \
      columns of pairs (source, target, y) are padded behind. Without --length, the length is that of the longest row, and the input is read twice.

      With --shard 2/4, the second quarter of the rows is padded, to the length of the longest row of all; with \
      --length, nothing else of a stream in a file is read. cat joins the outputs of all shards.
      """,
    examples: [
      "rnn-tokenize reviews.tsv | rnn-pad --length 200 -o data.tensors.zst",
      "rnn-tokenize reviews.tsv --like model.tensors.zst |",
      "    rnn-pad --like model.tensors.zst -o new.tensors.zst",
    ])

  @Argument(
    help: ArgumentHelp("A stream of sequences (default, or -: standard input).", valueName: "file"),
    completion: .file())
  var file: String?

  @OptionGroup var output: OutputOption

  @Option(
    help: ArgumentHelp("The length of all rows (default: that of the longest row).", valueName: "steps"))
  var length: Int?

  @Option(
    help: ArgumentHelp(
      "The length of the targets of pairs (default: that of the longest target).", valueName: "steps"))
  var targetLength: Int?

  @Option(help: "Where shorter rows are padded (default: pre; of pairs, post).")
  var padding: Padding.Side?

  @Option(help: "Where longer rows are truncated (default: pre; of pairs, post).")
  var truncating: Padding.Side?

  @Option(help: ArgumentHelp("The padding value of x (default: 0).", valueName: "number"))
  var value: Double?

  @Option(help: ArgumentHelp("The padding value of targets (default: 0).", valueName: "number"))
  var yValue: Double?

  @OptionGroup var like: LikeOption
  @OptionGroup var sharding: ShardOption

  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Throws if options can't be combined.
  public func validate() throws {
    if like.path != nil,
      length != nil || targetLength != nil || padding != nil || truncating != nil || value != nil
    {
      throw ValidationError("--like takes length, padding, truncating and value from the model")
    }
    if let length, length < 1 { throw ValidationError("--length must be at least 1") }
    if let targetLength, targetLength < 1 { throw ValidationError("--target-length must be at least 1") }
  }

  /// Reads, pads and writes.
  public func perform(_ run: StageRun) throws {
    try run.checkOutput(output.path)
    let model = try like.path.map { try PaddedModel($0, run) }
    let reader = try run.reader(file)
    let needsSurvey = model == nil && (length == nil || PaddingSurvey.isNeeded(for: reader.schema))
    run.keepsRows(of: reader)
    let input = try PadInput(reader, isReadTwice: needsSurvey, sharding.shard, run)
    do {
      try check(input)
      try model?.check(input.header)
      try write(input, model?.paddings ?? paddings(of: input, surveyed: needsSurvey), run)
    } catch let failure as Failure {
      throw failure.placed(at: inputName(file))
    }
  }

  /// The padding of the main column, and those of columns that have other lengths.
  private func paddings(of input: PadInput, surveyed: Bool) throws -> PaddingSet {
    let survey = surveyed ? try input.survey(isLengthGiven: length != nil) : nil
    // A decoder begins with the first token of its target, so pairs are padded behind.
    let usual: Padding.Side = input.holdsPairs || input.holdsDescriptions ? .post : .pre
    let main = try Padding(
      length: length ?? survey?.longest ?? 1, padding: padding ?? usual, truncating: truncating ?? usual,
      value: value ?? 0)
    guard input.holdsPairs else {
      return PaddingSet(
        main, others: try survey?.others.mapValues { try main.with(length: max(1, $0)) } ?? [:])
    }
    let others = try PairVocabularies.targetColumns.map { column in
      let longest = targetLength ?? survey?.longest(of: column) ?? main.length
      return (
        column, try Padding(length: max(1, longest), padding: .post, truncating: .post, value: value ?? 0)
      )
    }
    return PaddingSet(main, others: Dictionary(uniqueKeysWithValues: others))
  }

  /// Throws unless the options fit the rows.
  private func check(_ input: PadInput) throws {
    guard targetLength != nil, !input.holdsPairs else { return }
    throw Failure.usage("--target-length is for pairs", at: inputName(file), remedy: "use --length")
  }

  private func write(_ input: PadInput, _ paddings: PaddingSet, _ run: StageRun) throws {
    var header = input.header
    header.kind = "padded"
    paddings.write(into: &header)
    let writer = try run.writer(output.path, header: header)
    let progress = run.progress("padding", total: input.rows)
    let padder = SequencePadder(paddings, targetValue: yValue ?? 0)
    var summary = PadSummary(paddings.main)
    try input.forEach { chunk, firstRow in
      try padder.pad(chunk, firstRow: firstRow) { try writer.write($0) }
      summary.add(chunk)
      progress.advance(to: summary.rows)
    }
    progress.finish()
    try run.require(rows: summary.rows)
    try writer.finish()
    if summary.lookalikes > 0 {
      run.warn(
        "\(counted(summary.lookalikes, "step")) \(summary.lookalikes == 1 ? "is" : "are") equal to the padding value "
          + "\(paddings.main.value), so that masking skips \(summary.lookalikes == 1 ? "it" : "them") like padding "
          + "(use a --value that does not occur)")
    }
    report(summary, paddings, run)
  }

  private func report(_ summary: PadSummary, _ paddings: PaddingSet, _ run: StageRun) {
    let padding = paddings.main
    if let like = like.path { run.parameter("like", like) }
    run.parameter("length", padding.length)
    run.parameter("padding", padding.padding.rawValue)
    run.parameter("truncating", padding.truncating.rawValue)
    run.parameter("value", padding.value)
    for (column, own) in paddings.others { run.parameter("length.\(column)", own.length) }
    if let yValue { run.parameter("y_value", yValue) }
    run.result(summary.json, summary.text, stream: .error)
  }
}

extension Padding.Side: ExpressibleByArgument {}
