// rnn-window: cuts a series into windows of inputs and targets, scaled, with the scaling in the stream.

import ArgumentParser
import Failures
import JSON
import Sequences
import Stage
import TensorFile

/// The command `rnn-window`.
public struct Window: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-window", abstract: "Cut a series into windows: some steps in, the next steps to forecast.",
    discussion: """
      FILE is a stream of kind series, or a CSV file with a header. Each window has x [length, inputs] and \
      y [horizon * targets], step by step; time holds the targets' times.

      Of a split series, a window belongs to the part that holds all its targets; windows whose targets \
      straddle parts are dropped, and scaling is fitted on the training rows alone. Inputs may reach back into \
      an earlier part. y is scaled as x is; rnn-predict gives results in the units of the data.

      A value that is missing, a time that repeats or goes back, and, unless --gaps says otherwise, a gap in \
      the times is an error that names the row.
      """,
    examples: [
      "rnn-synth sine | rnn-window --length 50 | rnn-split --random --test 0.2 -o data.tensors.zst",
      """
      rnn-split ETTh1.csv --time date --chronological 8640,2880,2880 |
          rnn-window --length 96 --horizon 24 --target OT --scale standard -o etth1.tensors.zst
      """,
      "rnn-window new.csv --like model.tensors.zst | rnn-predict model.tensors.zst --evaluate",
    ])

  @Argument(
    help: "A series as a tensor stream or a CSV file; - or nothing: standard input.", completion: .file())
  var file: String?

  @Option(
    name: [.customShort("o"), .long], help: "Write to FILE, not to standard output.", completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("Inputs in a window.", valueName: "steps"))
  var length: Int?

  @Option(help: ArgumentHelp("Steps to forecast (default: 1).", valueName: "steps"))
  var horizon: Int?

  @Option(help: ArgumentHelp("Rows from one window to the next (default: 1).", valueName: "rows"))
  var stride: Int?

  @Option(help: ArgumentHelp("Rows from one step of a window to the next (default: 1).", valueName: "rows"))
  var rate: Int?

  @Option(
    help: ArgumentHelp("Steps from the last input to the first target (default: 1).", valueName: "steps"))
  var ahead: Int?

  @Option(help: ArgumentHelp("The input columns, as a,b,c (default: all).", valueName: "columns"))
  var columns: [String] = []

  @Option(
    help: ArgumentHelp("The columns to forecast, as a,b,c (default: the inputs).", valueName: "columns"))
  var target: [String] = []

  @Option(help: "Scaling, of inputs and targets (default: none).")
  var scale: ScaleKind?

  @Option(help: ArgumentHelp("Do as was done for this model.", valueName: "model"), completion: .file())
  var like: String?

  @Option(help: "Where times are not one step apart: refuse, drop the windows that reach over, or ignore it.")
  var gaps: GapRule = .error

  @OptionGroup(title: "CSV") var series: SeriesOptions
  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// A window needs a length, its own or a model's; `--like` decides alone.
  public func validate() throws {
    guard like != nil || length != nil else {
      throw ValidationError("say the --length of a window, or --like MODEL")
    }
    let geometry = [length, horizon, rate, ahead]
    if like != nil,
      geometry.contains(where: { $0 != nil }) || !columns.isEmpty || !target.isEmpty || scale != nil
    {
      throw ValidationError("--like takes length, horizon, rate, columns, targets and scaling from the model")
    }
  }

  /// Surveys the series for gaps and scaling, then writes its windows.
  public func perform(_ run: StageRun) throws {
    try run.checkOutput(output)
    let model = try like.map { try WindowModel($0, run) }
    do {
      try cut(try SeriesInput(file, named: name, csvOptions(model), run), model, run)
    } catch let failure as Failure where failure.kind == .data { throw failure.placed(at: name) }
  }

  /// What messages call the input.
  private var name: String { inputName(file) }

  private func cut(_ input: SeriesInput, _ model: WindowModel?, _ run: StageRun) throws {
    let facts = try facts(model, input.series.facts)
    try facts.check(rows: input.series.rows)
    let kind = model == nil ? scale ?? .none : .none
    let survey = try SeriesSurvey(input.series, columns: facts.columns, scale: kind, gaps: gaps)
    try write(input, facts, survey, scaler: model?.scaler ?? survey.scaler, run)
  }
}

extension ScaleKind: ExpressibleByArgument {}
extension GapRule: ExpressibleByArgument {}

// MARK: - What is asked for

extension Window {
  private func csvOptions(_ model: WindowModel?) throws -> SeriesCSVOptions {
    let wanted = model?.facts.columns ?? (columns.isEmpty ? nil : unique(names(columns) + names(target)))
    return try SeriesCSVOptions(
      time: series.time ?? model?.time?.column, columns: wanted,
      timeFormat: series.timeFormat.map { text in try TimeFormat(text) }, separator: series.separator?.byte,
      decimalComma: series.decimalComma)
  }

  private func facts(_ model: WindowModel?, _ series: SeriesFacts) throws -> WindowFacts {
    if var facts = model?.facts {
      facts.stride = stride ?? 1
      return facts
    }
    let inputs = columns.isEmpty ? series.columns : unique(names(columns))
    return try WindowFacts(
      length: length ?? 0, horizon: horizon ?? 1, stride: stride ?? 1, rate: rate ?? 1, ahead: ahead ?? 1,
      inputs: inputs, targets: target.isEmpty ? inputs : unique(names(target)))
  }

  private func names(_ lists: [String]) -> [String] {
    lists.flatMap { $0.split(separator: ",").map(String.init) }
  }

  private func unique(_ names: [String]) -> [String] {
    names.enumerated().filter { names.firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }
}

/// What a model says of the windows it was trained on.
private struct WindowModel {
  let facts: WindowFacts
  let scaler: Scaler
  let time: TimeFacts?

  init(_ path: String, _ run: StageRun) throws {
    let reader = try run.reader(path)
    while try reader.next() != nil {}
    guard let facts = try WindowFacts(header: reader.header), let scaler = try Scaler(header: reader.header)
    else {
      throw Failure.data("the model was not trained on windows of a series", at: path)
    }
    (self.facts, self.scaler) = (facts, scaler)
    time = try TimeFacts(header: reader.header)
  }
}

/// The series to cut, read to its end.
private struct SeriesInput {
  let series: SeriesSpool
  let header: StreamHeader

  init(_ path: String?, named name: String, _ options: SeriesCSVOptions, _ run: StageRun) throws {
    var source = try run.source(path)
    if try run.isStream(&source) {
      let reader = try run.reader(source, named: name)
      series = try SeriesSpool(reader)
      header = reader.header
      return
    }
    var csv = try SeriesCSV(source, named: name, options)
    if csv.foundTime, let time = csv.facts.time { run.note("taking the times from column \(time.column)") }
    series = try SeriesSpool(&csv)
    header = StreamHeader(kind: "series")
  }
}

// MARK: - Writing

extension Window {
  private func write(
    _ input: SeriesInput, _ facts: WindowFacts, _ survey: SeriesSurvey, scaler: Scaler, _ run: StageRun
  ) throws {
    var windower = try Windower(facts, series: input.series.facts, scaler: scaler, gaps: gaps)
    var header = input.header
    facts.write(into: &header)
    scaler.write(into: &header)
    if var time = input.series.facts.time {
      time.step = survey.step
      time.write(into: &header)
    }
    let out = try run.writer(output, header: header)
    try input.series.forEach { rows in
      try windower.push(rows)
      while let chunk = windower.next(atMost: windower.windowsInChunk) { try out.write(chunk) }
    }
    try check(windower, gaps: survey.gaps)
    try out.finish()
    report(windower, input.series, survey, scaler, run)
  }

  /// Refuses to end with no window at all.
  private func check(_ windower: Windower, gaps: Int) throws {
    guard windower.counts.reduce(0, +) == 0 else { return }
    if windower.straddling > 0 {
      throw Failure.data(
        "no window is left: the targets of all \(windower.straddling) straddle parts",
        remedy: "split by --chronological, or split after rnn-window")
    }
    throw Failure.data("no window is left: all \(windower.broken) reach over a gap in the times")
  }

  private func report(
    _ windower: Windower, _ series: SeriesSpool, _ survey: SeriesSurvey, _ scaler: Scaler, _ run: StageRun
  ) {
    if scaler.kind != .none, scaler.basis == .all, like == nil {
      run.warn("the series is not split: the scaling was fitted on all \(survey.rows) rows")
    }
    let counts = windower.counts.map { Int64($0) }
    let json: JSONValue = .object([
      "windows": .integer(counts.reduce(0, +)), "train": .integer(counts[0]),
      "validation": .integer(counts[1]),
      "test": .integer(counts[2]), "straddling": .integer(Int64(windower.straddling)),
      "over_gaps": .integer(Int64(windower.broken)), "gaps": .integer(Int64(survey.gaps)),
    ])
    run.result(json, text(windower, isSplit: series.hasParts), stream: .error)
  }

  private func text(_ windower: Windower, isSplit: Bool) -> String {
    let counts = windower.counts
    let (windows, steps) = (counts.reduce(0, +), windower.facts.length)
    var text = "\(windows) window\(windows == 1 ? "" : "s") of \(steps) step\(steps == 1 ? "" : "s")"
    if isSplit { text += ": \(counts[0]) training, \(counts[1]) validation, \(counts[2]) test" }
    if windower.straddling > 0 { text += "; \(windower.straddling) dropped, whose targets straddle parts" }
    if windower.broken > 0 { text += "; \(windower.broken) dropped, which reach over gaps" }
    return text
  }
}
