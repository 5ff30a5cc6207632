// rnn-split: assigns each row to a part (train, validation, test) in the column `split`. Rows keep their
// order.

import ArgumentParser
import ByteStreams
import Failures
import JSON
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// The command `rnn-split`.
public struct Split: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-split",
    abstract: "Split a stream, a CSV file or a text file into training, validation and test parts.",
    discussion: """
      Adds the column split (0 train, 1 validation, 2 test); rows keep their order. FILE is a tensor stream \
      of any kind, a CSV file of numbers, which becomes a series, or a file of texts with labels, which becomes a \
      stream of text.

      Sizes are rows (2880) or fractions (0.2, 20%); in a random split, fractions are rounded up. A chronological \
      split uses the first rows for training, the next for validation and the next for testing (with two sizes: \
      training and testing), and drops the rows after them.

      Split a series before rnn-window: then no window has targets in two parts, and the scaling is fitted on \
      training rows only. Scaled windows of a series that was not split are rejected.

      With --shard 2/4, all rows are read and split, but only the second quarter of them is written; cat joins the \
      outputs of all shards.
      """,
    examples: [
      "rnn-split ETTh1.csv --time date --chronological 8640,2880,2880 | rnn-window --length 96 --target OT",
      "rnn-synth sine | rnn-window --length 50 | rnn-split --random --test 0.2 -o data.tensors.zst",
      "rnn-synth sequence-mean | rnn-split --stratified --test 0.2 --validation 0.1 -o data.tensors.zst",
      "rnn-split reviews.csv --stratified --test 0.2 | rnn-tokenize -o r.tensors.zst",
    ])

  @Argument(
    help: "A tensor stream, a CSV file or a text file (default, or -: standard input).", completion: .file())
  var file: String?

  @OptionGroup var output: OutputOption

  @OptionGroup var parts: SplitOptions

  @Option(help: ArgumentHelp("CSV: the columns to read: a,b,c (default: all).", valueName: "columns"))
  var columns: [String] = []

  @Option(help: "The format of a text file (default: detected from its contents and its name).")
  var format: TextFormat?

  @OptionGroup(title: "TEXT FILES") var text: TextFileOptions
  @OptionGroup(title: "Covariates") var covariates: CovariateOptions
  @OptionGroup(title: "CSV") var series: SeriesOptions
  @OptionGroup var encoding: EncodingOption
  @OptionGroup var seed: SeedOptions
  @OptionGroup var sharding: ShardOption
  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Sizes after --random would be taken for the file; a single size may well be the name of one.
  public func validate() throws {
    if let file, file.contains(","),
      let mistake = Self.mistake(in: [parts.stratified ? "--stratified" : "--random", file])
    {
      throw ValidationError(mistake)
    }
  }

  /// Sizes after --random or --stratified, as --chronological has them, or none after --chronological.
  public static func mistake(in arguments: [String]) -> String? {
    let words = arguments.flatMap { word in
      word.hasPrefix("--random=") || word.hasPrefix("--stratified=")
        ? word.split(separator: "=", maxSplits: 1).map(String.init) : [word]
    }
    for (index, option) in words.enumerated() {
      let sizes = words[(index + 1)...].prefix { SplitOptions.randomSizes($0) != nil }
      switch option {
      case "--random", "--stratified":
        guard let options = SplitOptions.randomSizes(sizes.joined(separator: ",")) else { continue }
        return
          "\(option) is not followed by sizes (use \(options) instead of \(sizes.joined(separator: " ")))"
      case "--chronological" where sizes.isEmpty:
        return "--chronological is followed by the sizes of all parts (such as --chronological 0.8,0.2)"
      default: continue
      }
    }
    return nil
  }

  /// Reads a stream or a CSV file and writes it with the column `split`.
  public func perform(_ run: StageRun) throws {
    try run.checkOutput(output.path)
    let partition = try parts.partition()
    if parts.chronological == nil { run.seed = seed.seed }
    run.parameter("method", partition.method)
    for (key, value) in [
      ("sizes", parts.chronological), ("test", parts.chronological == nil ? parts.test ?? "0.2" : nil),
      ("validation", parts.validation),
    ] {
      if let value { run.parameter(key, value) }
    }
    var source = try run.source(file)
    do {
      if try run.isStream(&source) {
        try refuseSeriesOptions()
        try encoding.choice().refuseForStream(named: name)
        let reader = try run.reader(source, named: name)
        let stream = try RereadableStream(reader)
        try accept(reader, run)
        let text = parts.stratified ? try TextFile(stream, named: name, text.options(nil), run) : nil
        try split(text?.stream ?? stream, partition, run)
      } else {
        try split(file: source, partition, run)
      }
    } catch let failure as Failure where failure.kind == .data { throw failure.placed(at: name) }
  }

  var name: String { inputName(file) }

  /// A text file or a CSV file with a series, depending on its columns.
  private func split(file source: PeekedSource, _ partition: Partition, _ run: StageRun) throws {
    let choice = try encoding.choice()
    var content = try run.text(source, named: name, encoding: choice)
    if format == .pairs { return try split(pairs: content, encoding: choice.name, partition, run) }
    guard try holdsText(&content) else {
      switch try readSeries(content, run) {
      case .single(let series): return try split(series, partition, run)
      case .panel(let panel): return try PanelSplit(self, panel, partition, run).split()
      }
    }
    var options = text.options(format)
    options.header = CSVHeader(series.header)
    options.separator = series.separator?.byte
    let file = try TextFile(content, named: name, options, encoding: choice.name, run)
    try split(file.stream, partition, run)
  }

  /// Lines of pairs.
  private func split(
    pairs content: PeekedSource, encoding: String?, _ partition: Partition, _ run: StageRun
  ) throws {
    if parts.stratified { throw Failure.usage("pairs have no classes to stratify by", at: "--stratified") }
    try split(TextFile(pairs: content, named: name, encoding: encoding).stream, partition, run)
  }

  private func holdsText(_ content: inout PeekedSource) throws -> Bool {
    if format != nil || text.isGiven { return true }
    if series.describesSeries || !columns.isEmpty || !covariates.known.isEmpty || !covariates.statics.isEmpty
    {
      return false
    }
    return TextRecognition(try content.peek(TextRecognition.sampleBytes), path: name)
      .holdsText(separator: series.separator?.byte)
  }
}

// MARK: - A series

extension Split {
  private func readSeries(_ source: PeekedSource, _ run: StageRun) throws -> SeriesRead {
    if parts.stratified { throw Failure.usage("a series has no classes to stratify by", at: "--stratified") }
    var options = try series.csvOptions(
      columns: columns.isEmpty ? nil : ColumnList(columns + covariates.known))
    options.statics = ColumnList(covariates.statics)
    options.keepsMissing = !covariates.known.isEmpty
    let read = try SeriesRead(csv: source, named: name, options, run)
    guard !covariates.known.isEmpty, case .single(let series) = read else { return read }
    return .panel(SeriesPanel(single: series))
  }

  private func split(_ series: RereadableSeries, _ partition: Partition, _ run: StageRun) throws {
    let counts = try partition.counts(rows: series.rows)
    var assigner = PartAssigner(partition, counts: counts, seed: seed.seed)
    var header = StreamHeader(kind: "series")
    series.schema.write(into: &header)
    try self.series.form().write(into: &header)
    SourceForm(encoding: try encoding.choice().name).write(into: &header)
    metadata(partition, counts).write(into: &header)
    let out = try ShardedOutput(self, header, rows: counts.reduce(0, +), run)
    var filler = SeriesFill(
      self.series.fill ?? .drop, columns: series.schema.columns.count, hasTimes: series.hasTimes,
      hasParts: true,
      respectsParts: partition.method == "chronological")
    try series.forEach { rows in
      let split = try SeriesRows(assigner.split(rows.chunk), schema: series.schema)
      let rows = series.hasMissing ? filler.add(split) : split
      if rows.rows > 0 { try out.write(rows.chunk) }
    }
    let rest = filler.finish()
    if rest.rows > 0 { try out.write(rest.chunk) }
    try out.finish()
    if self.series.fill != nil { run.report(filler) }
    report(counts, of: series.rows, columns: columnsText(series.schema), run)
  }
}

extension Split {
  /// The time column and the others, for the user.
  func columnsText(_ schema: SeriesSchema) -> String {
    let time = schema.time.map { "; time column \(printable($0.column))" } ?? ""
    let names = schema.columns.prefix(8).map { printable(ColumnList.quoted($0)) }.joined(separator: ", ")
    let rest = schema.columns.count > 8 ? ", ... (\(schema.columns.count) columns)" : ""
    return time + (schema.columns.count == 1 ? "; column " : "; columns ") + names + rest
  }

  private func refuseSeriesOptions() throws {
    try series.refuseForStream(named: name)
    let given = [("--known", !covariates.known.isEmpty), ("--static", !covariates.statics.isEmpty)]
    if let option = given.first(where: \.1)?.0 {
      throw Failure.usage("\(name) is a tensor stream, not a CSV file", at: option, remedy: "omit the option")
    }
    guard series.fill != nil else { return }
    throw Failure.usage("\(name) is a tensor stream", at: "--fill", remedy: "use the option in rnn-window")
  }
}

// MARK: - A stream

extension Split {
  private func split(_ stream: RereadableStream, _ partition: Partition, _ run: StageRun) throws {
    try check(stream, run)
    if parts.chronological != nil, try PanelRowSplitter.applies(to: stream.header, stream.schema) {
      return try splitEach(stream, partition, run)
    }
    let counts = try partition.counts(rows: stream.rows)
    var header = stream.header
    metadata(partition, counts).write(into: &header)
    if parts.stratified { return try splitByClass(stream, counts, header, run) }
    var assigner = PartAssigner(partition, counts: counts, seed: seed.seed)
    let out = try ShardedOutput(self, header, rows: counts.reduce(0, +), run)
    try stream.chunks { try out.write(assigner.split($0)) }
    try out.finish()
    report(counts, of: stream.rows, run)
  }

  private func splitByClass(
    _ stream: RereadableStream, _ counts: [Int], _ header: StreamHeader, _ run: StageRun
  ) throws {
    var classes = Stratifier()
    try stream.chunks { chunk in for label in try chunk.labels() { try classes.add(label) } }
    var assigner = PartAssigner(shares: try classes.shares(counts: counts), seed: seed.seed)
    let out = try ShardedOutput(self, header, rows: counts.reduce(0, +), run)
    try stream.chunks { chunk in
      let labels = try chunk.labels().map(classes.index)
      try out.write(assigner.split(chunk, labels: labels))
    }
    try out.finish()
    report(counts, of: stream.rows, run)
  }

  /// Rejects streams that can't be split, and windows whose scaling was fitted on rows that would become test
  /// rows.
  private func check(_ stream: RereadableStream, _ run: StageRun) throws {
    if stream.header.kind == "model" { throw Failure.data("a model has no rows to split") }
    let wasSplit = stream.schema["split"] != nil
    // A window's own values are known at the time of the forecast.
    let isScaled = try Scaler(header: stream.header).map { $0.kind != .none && $0.scope != .window } ?? false
    if isScaled, !wasSplit {
      throw Failure.usage(
        "the scaling of these windows was fitted on all rows, including test rows",
        remedy: "run rnn-split before rnn-window, or use rnn-window --scale none")
    }
    if wasSplit { run.note("the stream was already split; replacing the split") }
    if isScaled { run.warn("the scaling is still the one fitted on the previous training part") }
    if let window = try WindowLayout(header: stream.header) { warnOfSharedRows(window, run) }
  }
}

extension Split {
  /// Warns if test windows show what training windows have as targets.
  private func warnOfSharedRows(_ window: WindowLayout, _ run: StageRun) {
    if parts.chronological == nil, window.overlap {
      run.warn(
        "windows overlap, so test targets are also in training windows; use --chronological before rnn-window to avoid this"
      )
    } else if parts.chronological != nil, window.shareTargets {
      run.warn("adjacent windows in different parts share targets; split before rnn-window to avoid this")
    }
  }

  func metadata(_ partition: Partition, _ counts: [Int]) -> SplitMetadata {
    SplitMetadata(method: partition.method, parts: counts, seed: parts.chronological == nil ? seed.seed : nil)
  }

  private func report(_ counts: [Int], of rows: Int, columns: String = "", _ run: StageRun) {
    let cut = rows - counts.reduce(0, +)
    let rest = cut == 0 ? "" : "; the last \(cut) of \(rows) rows are dropped"
    report(counts, cut: cut, rest: rest + columns, run)
  }

  func report(_ counts: [Int], cut: Int, rest: String, _ run: StageRun) {
    let json: JSONValue = .object([
      "train": .integer(Int64(counts[0])), "validation": .integer(Int64(counts[1])),
      "test": .integer(Int64(counts[2])), "cut_off": .integer(Int64(cut)),
    ])
    run.result(
      json, "\(counts[0]) training, \(counts[1]) validation and \(counts[2]) test rows\(rest)", stream: .error
    )
  }
}

extension PartAssigner {
  /// The chunk with the parts of its rows; dropped rows are omitted.
  fileprivate mutating func split(_ chunk: Chunk, labels: [Int]? = nil) -> Chunk {
    var parts: [UInt8] = []
    for row in 0..<chunk.rows {
      guard let part = next(label: labels?[row] ?? 0) else { break }
      parts.append(part)
    }
    return chunk.split(into: parts)
  }
}
