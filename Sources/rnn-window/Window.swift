// rnn-window: cuts a series into windows of scaled inputs and targets, and stores the scaling in the stream.

import ArgumentParser
import ByteStreams
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// The command `rnn-window`.
public struct Window: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-window",
    abstract: "Cut a series into windows of inputs and the targets that follow, or read whole sequences.",
    discussion: """
      FILE is a stream of kind series, or a CSV file with a header. Each window has x [length, inputs] and \
      y [horizon * targets], step by step; time holds the times of the targets, actual their values as read.

      If the series is split, a window belongs to the part that contains all its targets; windows whose targets \
      are in several parts are dropped, and scaling is fitted on the training rows only. Inputs may come from an \
      earlier part. y is scaled like x; rnn-predict returns results in the units of the data.

      Of the tokens of rnn-tokenize --document, x has length tokens and y the token after each of them; windows \
      follow each other without overlap unless --stride is given.

      A time that repeats or goes backwards is an error that states the row; so are missing values, unless \
      --fill is given, and gaps in the times, unless --gaps allows them. How a CSV file was read is stored with the \
      windows and the model, so that rnn-predict reads new files of the same form.

      With --shard 2/4, the second quarter of the windows (or whole sequences) is written: scaling, gaps and missing values \
      are those of the whole series, which is read to its end, and every window is in exactly one shard. cat joins the \
      outputs of all shards.

      With --sequence, each sequence of a long CSV file becomes one row, with the class in --label, for a \
      classifier: x [steps, inputs] of any length (rnn-pad makes them equal), y the class, id the name. The text \
      files of the UCR archive and the .ts files of the UEA archive are read likewise.
      """,
    examples: [
      "rnn-synth sine | rnn-window --length 50 | rnn-split --random --test 0.2 -o data.tensors.zst",
      "rnn-split ETTh1.csv --time date --chronological 8640,2880,2880 | "
        + "rnn-window --length 96 --horizon 24 --target OT --scale standard -o etth1.tensors.zst",
      """
      rnn-window meter.csv --columns value --length 48 --reconstruct \\
          -o windows.tensors.zst
      """,
      "rnn-tokenize tales.txt --mode char --document | rnn-window --length 256 -o w.tensors.zst",
      "rnn-window new.csv --like model.tensors.zst | rnn-predict model.tensors.zst --evaluate",
      "rnn-window gestures.csv --sequence id --label gesture | rnn-split --stratified --test 0.2 | "
        + "rnn-window --scale standard | rnn-pad -o gestures.tensors.zst",
    ])

  @Argument(
    help: "A series, as a stream or a CSV file (default, or -: standard input).", completion: .file())
  var file: String?

  @OptionGroup var output: OutputOption

  @Option(help: ArgumentHelp("Input steps per window.", valueName: "steps"))
  var length: Int?

  @Option(help: ArgumentHelp("Steps to forecast (default: 1).", valueName: "steps"))
  var horizon: Int?

  @Option(
    help: ArgumentHelp(
      "Rows between the starts of windows (default: 1, of tokens --length).", valueName: "rows"))
  var stride: Int?

  @Option(help: ArgumentHelp("Rows between the steps of a window (default: 1).", valueName: "rows"))
  var rate: Int?

  @Option(
    help: ArgumentHelp("Steps from the last input to the first target (default: 1).", valueName: "steps"))
  var ahead: Int?

  @Option(
    help: ArgumentHelp(
      #"The input columns: a,b,"name, with comma" (default: all)."#, valueName: "columns"))
  var columns: [String] = []

  @Option(
    help: ArgumentHelp("The columns to forecast: a,b,c (default: the inputs).", valueName: "columns"))
  var target: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      The column with the weight of each row in training, which is no input; a window's weight is the mean over the rows \
      of its targets.
      """, valueName: "column"))
  var weight: String?

  @Flag(
    help:
      "The targets are the inputs, for a network that reconstructs windows, such as the preset autoencoder.")
  var reconstruct = false

  @Option(help: "How inputs and targets are scaled (default: none).")
  var scale: ScaleKind?

  @OptionGroup var scaling: ScalingOptions
  @OptionGroup var shortOption: ShortOption

  @Option(
    help: ArgumentHelp(
      "CSV: the column that names the sequence of each row; a sequence becomes one row.", valueName: "column")
  )
  var sequence: String?

  @Option(
    name: [.customLong("label"), .customLong("label-column")],
    help: ArgumentHelp("CSV: the column with the class of each sequence.", valueName: "column"))
  var label: String?

  @Flag(help: "Scale each sequence by its own values instead of those of all sequences.")
  var scaleWithin = false

  @Option(help: "How a file of sequences is written (default: recognized by its name and its first lines).")
  var format: SequenceFormat?

  @OptionGroup var like: LikeOption

  @OptionGroup var gapOption: GapOption

  @OptionGroup(title: "Audio") var audio: AudioOptions
  @OptionGroup(title: "Covariates") var covariates: CovariateOptions
  @OptionGroup(title: "CSV") var series: SeriesOptions
  @OptionGroup var encoding: EncodingOption
  @OptionGroup var sharding: ShardOption
  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// `--like` excludes the options that it determines; windows and whole sequences have different options.
  public func validate() throws {
    try validateSequenceOptions()
    let geometry = [length, horizon, rate, ahead]
    if reconstruct, horizon != nil || ahead != nil || !target.isEmpty {
      throw ValidationError("--reconstruct can't be combined with --horizon, --ahead or --target")
    }
    if reconstruct, let option = givenOfPanels, !["--scale-per", "--short"].contains(option) {
      throw ValidationError("--reconstruct can't be combined with \(option)")
    }
    if like.path != nil,
      reconstruct || geometry.contains(where: { $0 != nil }) || !columns.isEmpty || !target.isEmpty
        || scale != nil
    {
      throw ValidationError("--like takes length, horizon, rate, columns, targets and scaling from the model")
    }
    if like.path != nil, let option = givenOfPanels {
      throw ValidationError("\(option): --like takes it from the model")
    }
    if scaling.scalePer != nil, scale ?? ScaleKind.none == ScaleKind.none {
      throw ValidationError("--scale-per needs --scale standard, minmax, robust or mean")
    }
  }

  /// The first option given that a model determines, of those beyond layout and scaling.
  private var givenOfPanels: String? {
    let options = [
      ("--scale-per", scaling.scalePer != nil), ("--transform", scaling.transform != nil),
      ("--calendar", scaling.calendar != nil),
      ("--known", !covariates.known.isEmpty), ("--static", !covariates.statics.isEmpty),
      ("--short", shortOption.short != nil),
    ]
    return options.first(where: \.1)?.0
  }

  private func validateSequenceOptions() throws {
    let wholes = [
      ("--sequence", sequence != nil), ("--label", label != nil), ("--scale-within", scaleWithin),
      ("--format", format != nil),
    ]
    guard let whole = wholes.first(where: \.1)?.0 else { return }
    let windows = [
      ("--length", length), ("--horizon", horizon), ("--stride", stride), ("--rate", rate),
      ("--ahead", ahead), ("--reconstruct", reconstruct ? 1 : nil), ("--weight", weight == nil ? nil : 1),
    ]
    if let option = windows.first(where: { $0.1 != nil })?.0 ?? (target.isEmpty ? nil : "--target")
      ?? givenOfPanels
      ?? (series.series == nil ? nil : "--series")
    {
      throw ValidationError("\(option) is for windows; with \(whole), each sequence is one row")
    }
    if scaleWithin, scale ?? ScaleKind.none == ScaleKind.none {
      throw ValidationError("--scale-within needs --scale standard or --scale minmax")
    }
    if label != nil, sequence == nil, format == nil || format == .csv {
      throw ValidationError("--label needs --sequence, the column that names the sequence of each row")
    }
  }

  /// Writes the windows of a series, or whole sequences.
  public func perform(_ run: StageRun) throws {
    try run.checkOutput(output.path)
    // Options that contradict each other are reported before any input is read.
    _ = try series.csvOptions(columns: nil)
    _ = try scaling.values()
    do {
      let source = try OpenedInput(file, run)
      if case .stream(let reader, _) = source, try DocumentForm(header: reader.header) != nil {
        return try TokenWindows(self, run).cut(reader)
      }
      let model = try like.path.map { (header: try run.header(of: $0), path: $0) }
      if try prepareSequences(source, like: model?.header, run) { return }
      try cut(source, model.map { try WindowModel($0.header, path: $0.path) }, run)
    } catch let failure as Failure where failure.kind == .data { throw failure.placed(at: name) }
  }

  /// Scans the series for gaps and scaling, then writes its windows.
  private func cut(_ source: OpenedInput, _ model: WindowModel?, _ run: StageRun) throws {
    let encoding = try encoding.choice(usual: model?.encoding)
    let input = try SeriesInput(
      source, csvOptions(model), encoding: encoding, gaps: policy(model), self, run)
    switch input.read {
    case .panel(let panel): try PanelWindows(self, input, panel, model, run).cut()
    case .single(let series) where try isExtended(model):
      try PanelWindows(self, input, SeriesPanel(single: series), model, run).cut()
    case .single(let series):
      let complete = try CompleteSeries(series, of: input, gaps: policy(model), like: model?.time, run)
      try cut(complete, model, run)
    }
  }

  var name: String { inputName(file) }

  private func cut(_ input: CompleteSeries, _ model: WindowModel?, _ run: StageRun) throws {
    let layout = try layout(model, input.series.schema)
    try layout.check(rows: input.series.rows)
    let kind = model == nil ? scale ?? .none : .none
    run.record(layout, scale: model?.scaler.kind ?? kind)
    let scan = try SeriesScan(
      input.series, columns: layout.columns, scale: kind, gaps: policy(model), like: model?.time,
      allowsMissing: input.allowsMissing)
    try write(input, layout, scan, scaler: model?.scaler ?? scan.scaler, run)
  }
}

extension ScaleKind: ExpressibleByArgument {}
extension SequenceFormat: ExpressibleByArgument {}
