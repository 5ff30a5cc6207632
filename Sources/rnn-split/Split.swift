// rnn-split: gives every row a part (train, validation, test) in the column `split`. Rows keep their order.

import ArgumentParser
import ByteStreams
import Failures
import JSON
import Sequences
import Stage
import TensorFile

/// The command `rnn-split`.
public struct Split: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-split", abstract: "Split a stream or a CSV file into train, validation and test parts.",
    discussion: """
      Adds the column split (0 train, 1 validation, 2 test); rows keep their order. FILE is a tensor stream \
      of any kind, or a CSV file with a header, which becomes a series.

      Sizes are rows (2880) or shares (0.2, 20%); a share of a random split is rounded up. A chronological \
      split takes the first rows for training, the next for validation, the next for testing (of two sizes: \
      training and testing), and cuts off the rows behind them.

      A series is best split before rnn-window: then no window's targets belong to two parts, and the scaling \
      is fitted on training rows alone. Scaled windows of an unsplit series are refused here.
      """,
    examples: [
      "rnn-split ETTh1.csv --time date --chronological 8640,2880,2880 | rnn-window --length 96 --target OT",
      "rnn-synth sine | rnn-window --length 50 | rnn-split --random --test 0.2 -o data.tensors.zst",
      "rnn-synth sequence-mean | rnn-split --stratified --test 0.2 --validation 0.1 -o data.tensors.zst",
    ])

  @Argument(help: "A tensor stream or a CSV file; - or nothing: standard input.", completion: .file())
  var file: String?

  @Option(
    name: [.customShort("o"), .long], help: "Write to FILE, not to standard output.", completion: .file())
  var output: String?

  @Flag(help: "Split by chance.")
  var random = false

  @Flag(help: "Split by chance, each class of y in the same proportion in each part.")
  var stratified = false

  @Option(
    help: ArgumentHelp(
      "Split in row order: 8640,2880,2880 rows or 0.7,0.1,0.2 of them.", valueName: "train,validation,test"))
  var chronological: String?

  @Option(help: ArgumentHelp("The test part of a random split (default: 0.2).", valueName: "size"))
  var test: String?

  @Option(help: ArgumentHelp("The validation part of a random split (default: none).", valueName: "size"))
  var validation: String?

  @Option(help: ArgumentHelp("CSV: the columns to take, as a,b,c (default: all).", valueName: "columns"))
  var columns: [String] = []

  @OptionGroup(title: "CSV") var series: SeriesOptions
  @OptionGroup var seed: SeedOptions
  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// One way to split, with sizes that belong to it.
  public func validate() throws { _ = try partition() }

  /// Reads a stream or a CSV file and writes it with the column `split`.
  public func perform(_ run: StageRun) throws {
    try run.checkOutput(output)
    let partition = try partition()
    if chronological == nil { run.seed = seed.seed }
    run.parameter("method", partition.method)
    var source = try run.source(file)
    do {
      if try run.isStream(&source) {
        let stream = try RereadableStream(try run.reader(source, named: name))
        try split(stream, partition, run)
      } else {
        try split(try readSeries(source, run), partition, run)
      }
    } catch let failure as Failure where failure.kind == .data { throw failure.placed(at: name) }
  }

  /// What messages call the input.
  private var name: String { inputName(file) }
}

// MARK: - Options

extension Split {
  private func partition() throws -> Partition {
    guard [random, stratified, chronological != nil].count(where: { $0 }) == 1 else {
      throw ValidationError("say one of --random, --stratified and --chronological")
    }
    if let chronological { return .chronological(try chronologicalSizes(chronological)) }
    let test = try size(test ?? "0.2", of: "--test")
    let validation = try validation.map { try size($0, of: "--validation") }
    return random
      ? .random(test: test, validation: validation) : .stratified(test: test, validation: validation)
  }

  private func chronologicalSizes(_ text: String) throws -> [PartSize] {
    guard test == nil, validation == nil else {
      throw ValidationError("--test and --validation belong to a random split")
    }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let sizes = try parts.map { try size(String($0), of: "--chronological") }
    let shares = sizes.count { if case .share = $0 { true } else { false } }
    guard (2...3).contains(sizes.count), shares == 0 || shares == sizes.count else {
      throw ValidationError("--chronological takes two or three sizes, all rows or all shares, not \(text)")
    }
    return sizes
  }

  private func size(_ text: String, of option: String) throws -> PartSize {
    guard let size = PartSize(text) else {
      throw ValidationError("\(option): \(text) is neither a number of rows nor a share between 0 and 1")
    }
    return size
  }
}

// MARK: - A series

extension Split {
  private func readSeries(_ source: PeekedSource, _ run: StageRun) throws -> SeriesSpool {
    if stratified { throw Failure.usage("a series has no classes to stratify by", at: "--stratified") }
    let names = columns.flatMap { $0.split(separator: ",").map(String.init) }
    let options = try SeriesCSVOptions(
      time: series.time, columns: names.isEmpty ? nil : names,
      timeFormat: series.timeFormat.map { text in try TimeFormat(text) }, separator: series.separator?.byte,
      decimalComma: series.decimalComma)
    var csv = try SeriesCSV(source, named: name, options)
    if csv.foundTime, let time = csv.facts.time { run.note("taking the times from column \(time.column)") }
    return try SeriesSpool(&csv)
  }

  private func split(_ series: SeriesSpool, _ partition: Partition, _ run: StageRun) throws {
    let counts = try partition.counts(rows: series.rows)
    var assigner = PartAssigner(partition, counts: counts, seed: seed.seed)
    var header = StreamHeader(kind: "series")
    series.facts.write(into: &header)
    facts(partition, counts).write(into: &header)
    let out = try run.writer(output, header: header)
    try series.forEach { rows in try out.write(assigner.split(rows.chunk)) }
    try out.finish()
    report(counts, of: series.rows, run)
  }
}

// MARK: - A stream

extension Split {
  private func split(_ stream: RereadableStream, _ partition: Partition, _ run: StageRun) throws {
    try check(stream, run)
    let counts = try partition.counts(rows: stream.rows)
    var header = stream.header
    facts(partition, counts).write(into: &header)
    if stratified { return try splitByClass(stream, counts, header, run) }
    var assigner = PartAssigner(partition, counts: counts, seed: seed.seed)
    let out = try run.writer(output, header: header)
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
    let out = try run.writer(output, header: header)
    try stream.chunks { chunk in
      let labels = try chunk.labels().map(classes.index)
      try out.write(assigner.split(chunk, labels: labels))
    }
    try out.finish()
    report(counts, of: stream.rows, run)
  }

  /// Refuses what can't be split, and windows whose scaling has seen rows that are to become test rows.
  private func check(_ stream: RereadableStream, _ run: StageRun) throws {
    if stream.header.kind == "model" { throw Failure.data("a model has no rows to split") }
    let wasSplit = stream.schema["split"] != nil
    let isScaled = try Scaler(header: stream.header).map { $0.kind != .none } ?? false
    if isScaled, !wasSplit {
      throw Failure.usage(
        "the scaling of these windows was fitted on all rows, test rows among them",
        remedy: "run rnn-split before rnn-window, or rnn-window with --scale none")
    }
    if wasSplit { run.note("the stream was split before; this split takes its place") }
    if isScaled { run.warn("the scaling stays as it was fitted on the earlier training part") }
    if chronological != nil, let window = try WindowFacts(header: stream.header), window.horizon > 1 {
      run.warn(
        "windows next to each other share targets across the parts; split before rnn-window to avoid it")
    }
  }
}

extension Split {
  private func facts(_ partition: Partition, _ counts: [Int]) -> SplitFacts {
    SplitFacts(method: partition.method, parts: counts, seed: chronological == nil ? seed.seed : nil)
  }

  private func report(_ counts: [Int], of rows: Int, _ run: StageRun) {
    let cut = rows - counts.reduce(0, +)
    let json: JSONValue = .object([
      "train": .integer(Int64(counts[0])), "validation": .integer(Int64(counts[1])),
      "test": .integer(Int64(counts[2])), "cut_off": .integer(Int64(cut)),
    ])
    let rest = cut == 0 ? "" : "; the last \(cut) of \(rows) rows are cut off"
    run.result(
      json, "\(counts[0]) training, \(counts[1]) validation and \(counts[2]) test rows\(rest)", stream: .error
    )
  }
}

extension PartAssigner {
  /// The chunk with its rows' parts; rows that are cut off are left out.
  fileprivate mutating func split(_ chunk: Chunk, labels: [Int]? = nil) -> Chunk {
    var parts: [UInt8] = []
    for row in 0..<chunk.rows {
      guard let part = next(label: labels?[row] ?? 0) else { break }
      parts.append(part)
    }
    return chunk.split(into: parts)
  }
}
