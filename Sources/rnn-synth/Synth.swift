// rnn-synth: synthetic data with known targets, for trying models and testing stages.

import ArgumentParser
import Calendar
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// The command `rnn-synth`.
public struct Synth: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-synth",
    abstract:
      "Generate synthetic data: a noisy sine, a faulty meter, sequence tasks, gestures, reviews, sentences, pairs of texts.",
    discussion: """
      sine           a series with one column: sin(step * t) + noise * N(0, 1)
      anomalies      a meter read every hour, with a daily cycle and noise, and columns label (1 at anomalies) and \
      kind: 1 spike, 2 level shift, 3 changed season, 4 dead sensor; the first rows have none (--clean)
      sequence-mean  sequences of numbers in [0, 1): is their mean above one half?
      adding         the adding problem (Hochreiter and Schmidhuber 1997, in the form of Le et al. 2015): \
      numbers in [0, 1), each with a marker that is 1 once in each half and 0 elsewhere; the target is the sum \
      of the two marked numbers. Always predicting 1 has a mean squared error of 1/6.
      recall         the latch problem (Bengio et al. 1994): random one-hot symbols; which one came first? A \
      guess is right with probability 1/symbols.
      text           short film reviews, positive or negative
      sentences      sentences with the tags of their words, as CoNLL-U: most words are made up, and what they are \
      shows in their endings and in the words around them
      tones          melodies with noise as log-mel rows, and their notes as text: where is each?
      gestures       movements of a hand on three axes, of five kinds, at different lengths and speeds
      addition       pairs of texts: sums such as 123+45, and their results
      dates          pairs of texts: dates in many spellings, languages and orders, and what they are in ISO 8601
      captions       pairs of a vector of 64 numbers, and the description of the scene that it stands for

      adding and recall require memory over the whole length of a sequence. In pairs no source occurs twice.

      With the same seed, row n is the same for any number of rows.
      """,
    examples: [
      "rnn-synth sine --seed 42 | rnn-window --length 50 | rnn-split --random -o data.tensors.zst",
      "rnn-synth anomalies --seed 42 -o meter.csv",
      "rnn-synth sequence-mean | rnn-split --stratified --test 0.2 -o data.tensors.zst",
      "rnn-synth adding --length 100 --rows 10000 | rnn-split --random --test 0.1 -o adding.tensors.zst",
      "rnn-synth text --rows 500 --format lines | head",
      "rnn-synth sentences --rows 2000 | rnn-tokenize --format conllu -o tags.tensors.zst",
      "rnn-synth dates --rows 20000 | rnn-tokenize --mode char | rnn-pad -o dates.tensors.zst",
      "rnn-synth gestures --rows 100 -o gestures.csv",
    ])

  @Argument(help: "The data to generate.")
  var name: SyntheticName

  @OptionGroup var output: OutputOption

  @Option(
    help: ArgumentHelp(
      "The rows of a series (default: sine 1050, anomalies 4000), or the steps of each sequence (default: 20; adding: 50).",
      valueName: "n"))
  var length: Int?

  @Option(
    help: ArgumentHelp(
      "The number of sequences, gestures, reviews, sentences or pairs (default: 5000; reviews, sentences: 1000; sums: 50000).",
      valueName: "n"))
  var rows: Int?

  @Option(
    help: ArgumentHelp(
      "sine, anomalies, gestures, tones: the standard deviation of the noise (default: 0.1).",
      valueName: "sigma"))
  var noise: Double?

  @Option(
    help: ArgumentHelp(
      "anomalies: the rows at the beginning that have none (default: 2000).", valueName: "rows"))
  var clean: Int?

  @Option(help: ArgumentHelp("sine: radians from one row to the next (default: 0.1).", valueName: "radians"))
  var step: Double?

  @Option(help: ArgumentHelp("recall: the number of symbols (default: 8).", valueName: "n"))
  var symbols: Int?

  @Option(help: ArgumentHelp("addition: the digits of the largest numbers (default: 3).", valueName: "n"))
  var digits: Int?

  @Option(
    name: .customLong("format"),
    help: """
      The output format: stream, csv (sine, anomalies, text, gestures) or lines (text: label<TAB>review; sentences: CoNLL-U; \
      pairs: source<TAB>target).
      """)
  var givenFormat: DataFormat?

  /// The format, by --format or the output's name.
  var format: DataFormat {
    givenFormat ?? DataFormat(promisedBy: output.path) ?? (name == .sentences ? .lines : .stream)
  }

  @OptionGroup var seed: SeedOptions
  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Throws if an option does not apply to the kind of data, or if a number is out of range.
  public func validate() throws {
    let given = [
      (
        "--length", length != nil,
        ![.text, .sentences, .gestures, .tones, .captions].contains(name) && !name.isPairs
      ),
      ("--rows", rows != nil, !name.isSeries),
      ("--noise", noise != nil, name.isSeries || [.gestures, .tones].contains(name)),
      ("--step", step != nil, name == .sine), ("--clean", clean != nil, name == .anomalies),
      ("--symbols", symbols != nil, name == .recall), ("--digits", digits != nil, name == .addition),
    ]
    for (option, isGiven, isKnown) in given where isGiven && !isKnown {
      throw ValidationError("\(name.rawValue) has no option \(option)")
    }
    try validateNumbers()
    let isWritable =
      name == .sentences
      ? format == .lines
      : format == .stream || name == .text || (format == .csv && (name.isSeries || name == .gestures))
        || (format == .lines && name.isPairs)
    guard isWritable else {
      throw ValidationError("\(name.rawValue) can't be written as \(format.rawValue)")
    }
  }

  private func validateNumbers() throws {
    let minimum = name == .adding ? 2 : 1
    for (option, value, low) in [
      ("--length", length, minimum), ("--rows", rows, 0), ("--symbols", symbols, 2),
      ("--clean", clean, 0),
    ] {
      guard let value, !(low...1_000_000_000).contains(value) else { continue }
      throw ValidationError("\(option): \(value) is not between \(low) and 1000000000")
    }
    for (option, value) in [("--noise", noise), ("--step", step)] where value.map({ !$0.isFinite }) ?? false {
      throw ValidationError("\(option): not a finite number")
    }
    if let digits, !(1...9).contains(digits) {
      throw ValidationError("--digits: \(digits) is not between 1 and 9")
    }
    if let capacity = name.capacity(digits: digits ?? 3), let rows, rows > capacity {
      throw ValidationError("--rows: there are only \(capacity) different rows of \(name.rawValue)")
    }
    // A row must fit into a chunk.
    guard name.isSeries || (length ?? 1) <= 10_000_000 / (symbols ?? 8) else {
      throw ValidationError("--length: the sequences are too long")
    }
  }

  /// Generates the rows and writes them as a stream or as text.
  public func perform(_ run: StageRun) throws {
    try run.checkOutput(
      output.path, isBinary: format == .stream, holds: name == .sentences ? .tagged : format.content)
    run.seed = seed.seed
    run.parameter("name", name.rawValue)
    guard var dataset = try dataset() else { return try writeSentences(run) }
    switch format {
    case .stream: try writeStream(&dataset, run)
    case .csv, .lines: try writeText(&dataset, run)
    }
    run.result(
      ["name": .string(name.rawValue), "rows": .integer(Int64(dataset.rows))], "", stream: .error)
  }
}

/// The kinds of data.
enum SyntheticName: String, ExpressibleByArgument, CaseIterable {
  case sine, anomalies, sequenceMean = "sequence-mean", adding, recall, text, gestures, tones, sentences,
    addition,
    dates, captions

  /// Whether the rows are those of one series.
  var isSeries: Bool { self == .sine || self == .anomalies }

  /// The columns of a series; nil for other data.
  var schema: SeriesSchema? {
    switch self {
    case .sine: SeriesSchema(columns: ["value"])
    case .anomalies: AnomalousSeries.schema
    default: nil
    }
  }

  /// Whether rows are pairs of texts.
  var isPairs: Bool { self == .addition || self == .dates }

  /// The largest number of rows; nil for any number.
  func capacity(digits: Int) -> Int? {
    switch self {
    case .addition: AdditionPairs.capacity(digits: digits)
    case .dates: DatePairs.capacity
    default: nil
    }
  }

  /// The number of rows unless told otherwise.
  var usualRows: Int {
    switch self {
    case .text, .sentences: 1000
    case .addition: 50_000
    case .captions: 10_000
    default: 5000
    }
  }
}

extension Synth {
  /// The rows; nil for sentences, which are text.
  private func dataset() throws -> (any SyntheticDataset)? {
    let seed = seed.seed
    let rows = rows ?? min(name.usualRows, name.capacity(digits: digits ?? 3) ?? .max)
    return switch name {
    case .sine: SineWave(rows: length ?? 1050, step: step ?? 0.1, noise: noise ?? 0.1, seed: seed)
    case .anomalies:
      AnomalousSeries(rows: length ?? 4000, clean: clean ?? 2000, noise: noise ?? 0.1, seed: seed)
    case .sequenceMean: SequenceMeans(rows: rows, length: length ?? 20, seed: seed)
    case .adding: AddingProblem(rows: rows, length: length ?? 50, seed: seed)
    case .recall: RecallTask(rows: rows, length: length ?? 20, symbols: symbols ?? 8, seed: seed)
    case .text: SyntheticReviews(rows: rows, seed: seed)
    case .sentences: nil
    case .tones: try Tones(rows: rows, noise: noise ?? 0.1, seed: seed)
    case .gestures: Gestures(rows: rows, noise: noise ?? 0.1, seed: seed)
    case .addition: AdditionPairs(rows: rows, digits: digits ?? 3, seed: seed)
    case .dates: DatePairs(rows: rows, seed: seed)
    case .captions: SyntheticCaptions(rows: rows, seed: seed)
    }
  }

  /// The number of rows in a block, which limits its size to a few megabytes.
  private var blockRows: Int {
    let width =
      name.isSeries || name == .text || name == .captions || name.isPairs
      ? 64 : (length ?? 50) * (symbols ?? 8)
    return max(1, min(4096, (1 << 20) / width))
  }

  private func forEachBlock(_ dataset: inout any SyntheticDataset, _ body: (Chunk) throws -> Void) throws {
    var left = dataset.rows
    repeat {
      let count = min(left, blockRows)
      try body(dataset.block(count))
      left -= count
    } while left > 0
  }

  private func writeStream(_ dataset: inout any SyntheticDataset, _ run: StageRun) throws {
    let out = try run.writer(output.path, header: dataset.header)
    try forEachBlock(&dataset) { try out.write($0) }
    try out.finish()
  }

  private func writeText(_ dataset: inout any SyntheticDataset, _ run: StageRun) throws {
    let out = try run.file(output.path)
    if var pairs = dataset as? any SyntheticPairs { return try writeLines(of: &pairs, to: out) }
    let series = name.schema
    if format == .csv {
      try out.write(series?.csvHeader ?? (name == .gestures ? gestureHeader : "label,text\n"))
    }
    var rows = 0
    try forEachBlock(&dataset) { chunk in
      if name == .gestures {
        try out.write(gestureLines(chunk, firstRow: rows))
        rows += chunk.rows
        return
      }
      if name == .anomalies {
        return try out.write(try meterLines(SeriesRows(chunk, schema: AnomalousSeries.schema)))
      }
      if let series { return try out.write(try SeriesRows(chunk, schema: series).csv) }
      for line in reviewLines(chunk) { try out.write(line) }
    }
    try out.finish()
  }

  private func writeSentences(_ run: StageRun) throws {
    let out = try run.file(output.path)
    var sentences = SyntheticSentences(seed: seed.seed)
    let count = rows ?? name.usualRows
    for _ in 0..<count { try out.write(sentences.next()) }
    try out.finish()
    run.result(["name": .string(name.rawValue), "rows": .integer(Int64(count))], "", stream: .error)
  }

  /// `source<TAB>target`.
  private func writeLines(of pairs: inout any SyntheticPairs, to out: OutputFile) throws {
    for _ in 0..<pairs.rows {
      let pair = pairs.pair()
      try out.write("\(pair.source)\t\(pair.target)\n")
    }
    try out.finish()
  }

  private var gestureHeader: String { (["id", "gesture"] + Gestures.axes).joined(separator: ",") + "\n" }

  /// One line for each step: the gesture's number, its kind, and the position.
  private func gestureLines(_ chunk: Chunk, firstRow: Int) -> String {
    guard let x = chunk.columns["x"]?.ragged, let labels = chunk.columns["y"]?.tensor?.integers else {
      return ""
    }
    let (values, offsets) = (x.values.doubles, x.offsets)
    return labels.indices.map { row in
      (offsets[row]..<offsets[row + 1]).map { step in
        let position = values[step * 3..<step * 3 + 3].map { "\($0)" }.joined(separator: ",")
        return "\(firstRow + row + 1),\(Gestures.classes[labels[row]]),\(position)\n"
      }.joined()
    }.joined()
  }

  /// `time,value,label,kind`, the last two as whole numbers.
  private func meterLines(_ rows: SeriesRows) -> String {
    zip(rows.times ?? [], stride(from: 0, to: rows.values.count, by: rows.width)).map { time, first in
      let (value, label, kind) = (rows.values[first], rows.values[first + 1], rows.values[first + 2])
      return "\(timeText(time)),\(value),\(Int(label)),\(Int(kind))\n"
    }.joined()
  }

  /// `label<TAB>text` or `label,text`, with the names of the classes.
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
