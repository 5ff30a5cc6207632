// rnn-synth: data whose truth is known, for trying models and testing stages.

import ArgumentParser
import Failures
import Sequences
import Stage
import TensorFile

/// The command `rnn-synth`.
public struct Synth: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-synth", abstract: "Make up data: a noisy sine, sequences to judge or remember, or film reviews.",
    discussion: """
      sine           a series of one column: sin(step * t) + noise * N(0, 1)
      sequence-mean  sequences of numbers in [0, 1): is their mean above one half?
      adding         the adding problem (Hochreiter and Schmidhuber 1997, in the form of Le et al. 2015): \
      numbers in [0, 1), each beside a mark that is 1 at one place in either half, else 0; the target is the \
      sum of the two marked numbers. Answering 1 always has a mean squared error of 1/6.
      recall         the latch problem (Bengio et al. 1994): one-hot symbols by chance; which came first? \
      Guessing is right once in as many times as there are symbols.
      text           short film reviews, praising or not

      adding and recall need long memory: the longer the sequence, the longer.

      The same seed gives the same rows, whatever their number.
      """,
    examples: [
      "rnn-synth sine --seed 42 | rnn-window --length 50 | rnn-split --random -o data.tensors.zst",
      "rnn-synth sequence-mean | rnn-split --stratified --test 0.2 -o data.tensors.zst",
      "rnn-synth adding --length 100 --rows 10000 | rnn-split --random --test 0.1 -o adding.tensors.zst",
      "rnn-synth text --rows 500 --format lines | head",
    ])

  @Argument(help: "What to make.")
  var name: SyntheticName

  @Option(
    name: [.customShort("o"), .long], help: "Write to FILE, not to standard output.", completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Rows of the sine (default: 1050), or steps of a sequence (default: 20; adding: 50).", valueName: "n"))
  var length: Int?

  @Option(help: ArgumentHelp("Sequences or reviews (default: 5000; reviews: 1000).", valueName: "n"))
  var rows: Int?

  @Option(help: ArgumentHelp("sine: the noise's standard deviation (default: 0.1).", valueName: "sigma"))
  var noise: Double?

  @Option(help: ArgumentHelp("sine: radians from one row to the next (default: 0.1).", valueName: "radians"))
  var step: Double?

  @Option(help: ArgumentHelp("recall: how many symbols there are (default: 8).", valueName: "n"))
  var symbols: Int?

  @Option(help: "stream; csv (sine, text); or lines (text): label, tab, review.")
  var format: SyntheticFormat = .stream

  @OptionGroup var seed: SeedOptions
  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Options that don't belong to what is made, and numbers out of range, are a wrong command line.
  public func validate() throws {
    let given = [
      ("--length", length != nil, name != .text), ("--rows", rows != nil, name != .sine),
      ("--noise", noise != nil, name == .sine), ("--step", step != nil, name == .sine),
      ("--symbols", symbols != nil, name == .recall),
    ]
    for (option, isGiven, isKnown) in given where isGiven && !isKnown {
      throw ValidationError("\(name.rawValue) has no option \(option)")
    }
    try validateNumbers()
    guard format == .stream || name == .text || (format == .csv && name == .sine) else {
      throw ValidationError("\(name.rawValue) can't be written as \(format.rawValue)")
    }
  }

  private func validateNumbers() throws {
    let least = name == .adding ? 2 : 1
    for (option, value, low) in [("--length", length, least), ("--rows", rows, 0), ("--symbols", symbols, 2)]
    {
      guard let value, !(low...1_000_000_000).contains(value) else { continue }
      throw ValidationError("\(option): \(value) is not between \(low) and 1000000000")
    }
    for (option, value) in [("--noise", noise), ("--step", step)] where value.map({ !$0.isFinite }) ?? false {
      throw ValidationError("\(option): not a finite number")
    }
    // One row has to fit into a chunk.
    guard name == .sine || (length ?? 1) <= 10_000_000 / (symbols ?? 8) else {
      throw ValidationError("--length: the sequences are too long")
    }
  }

  /// Makes the rows and writes them as a stream or as text.
  public func perform(_ run: StageRun) throws {
    try run.checkOutput(output, isBinary: format == .stream)
    run.seed = seed.seed
    run.parameter("name", name.rawValue)
    var set = set()
    switch format {
    case .stream: try writeStream(&set, run)
    case .csv, .lines: try writeText(&set, run)
    }
  }
}

/// What rnn-synth makes.
enum SyntheticName: String, ExpressibleByArgument, CaseIterable {
  case sine, sequenceMean = "sequence-mean", adding, recall, text
}

/// How rnn-synth writes.
enum SyntheticFormat: String, ExpressibleByArgument, CaseIterable {
  case stream, csv, lines
}

extension Synth {
  private func set() -> any SyntheticSet {
    let seed = seed.seed
    let rows = rows ?? (name == .text ? 1000 : 5000)
    return switch name {
    case .sine: SineWave(rows: length ?? 1050, step: step ?? 0.1, noise: noise ?? 0.1, seed: seed)
    case .sequenceMean: SequenceMeans(rows: rows, length: length ?? 20, seed: seed)
    case .adding: AddingProblem(rows: rows, length: length ?? 50, seed: seed)
    case .recall: RecallTask(rows: rows, length: length ?? 20, symbols: symbols ?? 8, seed: seed)
    case .text: SyntheticReviews(rows: rows, seed: seed)
    }
  }

  /// Rows made at a time, so that a block stays at a few megabytes.
  private var blockRows: Int {
    let width = name == .sine || name == .text ? 64 : (length ?? 50) * (symbols ?? 8)
    return max(1, min(4096, (1 << 20) / width))
  }

  private func forEachBlock(_ set: inout any SyntheticSet, _ body: (Chunk) throws -> Void) throws {
    var left = set.rows
    repeat {
      let count = min(left, blockRows)
      try body(set.block(count))
      left -= count
    } while left > 0
  }

  private func writeStream(_ set: inout any SyntheticSet, _ run: StageRun) throws {
    let out = try run.writer(output, header: set.header)
    try forEachBlock(&set) { try out.write($0) }
    try out.finish()
  }

  private func writeText(_ set: inout any SyntheticSet, _ run: StageRun) throws {
    let out = try run.file(output)
    let series = name == .sine ? SeriesFacts(columns: ["value"]) : nil
    if format == .csv { try out.write(series?.csvHeader ?? "label,text\n") }
    try forEachBlock(&set) { chunk in
      if let series { return try out.write(try SeriesRows(chunk, facts: series).csv) }
      for line in reviewLines(chunk) { try out.write(line) }
    }
    try out.finish()
  }

  /// `label<TAB>text` or `label,text`, by the names of the classes.
  private func reviewLines(_ chunk: Chunk) -> [String] {
    guard let texts = chunk.columns["text"]?.ragged, let bytes = texts.values.values(as: UInt8.self),
      let labels = chunk.columns["y"]?.tensor?.integers
    else { return [] }
    let offsets = texts.offsets
    return labels.indices.map { row in
      let text = String(decoding: bytes[offsets[row]..<offsets[row + 1]], as: UTF8.self)
      let label = SyntheticReviews.classes[labels[row]]
      return format == .csv ? "\(label),\(csvField(text))\n" : "\(label)\t\(text)\n"
    }
  }
}
