// rnn-synth: synthetic data with known targets, for trying models and testing stages.

import ArgumentParser
import SequenceOptions
import Sequences
import Stage

/// The command `rnn-synth`.
public struct Synth: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-synth",
    abstract:
      "Generate synthetic data: series, sales of shops, sequence tasks, gestures, reviews, sentences, pairs of texts.",
    discussion: """
      sine           a series with one column: sin(step * t) + noise * N(0, 1)
      anomalies      a meter read every hour, with a daily cycle and noise, and columns label (1 at anomalies) and \
      kind: 1 spike, 2 level shift, 3 changed season, 4 dead sensor; the first rows have none (--clean)
      sales          the daily sales of shops, one series after another as CSV: unique_id, ds, y, promo (1 on days of a \
      promotion) and kind, the kind of shop; --future adds days of which only the promotions are known
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
      "rnn-synth sales --rows 50 --future 14 -o sales.csv",
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
      "The rows of a series (default: sine 1050, anomalies 4000, sales 730), or the steps of each sequence (default: 20; adding: 50).",
      valueName: "n"))
  var length: Int?

  @Option(
    help: ArgumentHelp(
      "The number of sequences, gestures, reviews, sentences, pairs or shops (default: 5000; reviews, sentences: 1000; sums: 50000; shops: 100).",
      valueName: "n"))
  var rows: Int?

  @Option(
    help: ArgumentHelp(
      "sine, anomalies, gestures, tones, sales: the standard deviation of the noise (default: 0.1).",
      valueName: "sigma"))
  var noise: Double?

  @Option(
    help: ArgumentHelp(
      "anomalies: the rows at the beginning that have none (default: 2000).", valueName: "rows"))
  var clean: Int?

  @Option(
    help: ArgumentHelp(
      "sales: the days at the end of which sales aren't known yet (default: 0).", valueName: "rows"))
  var future: Int?

  @Option(help: ArgumentHelp("sine: radians from one row to the next (default: 0.1).", valueName: "radians"))
  var step: Double?

  @Option(help: ArgumentHelp("recall: the number of symbols (default: 8).", valueName: "n"))
  var symbols: Int?

  @Option(help: ArgumentHelp("addition: the digits of the largest numbers (default: 3).", valueName: "n"))
  var digits: Int?

  @Option(
    name: .customLong("format"),
    help: """
      The output format: stream, csv (sine, anomalies, sales, text, gestures) or lines (text: label<TAB>review; sentences: CoNLL-U; \
      pairs: source<TAB>target).
      """)
  var givenFormat: DataFormat?

  /// The format, by --format or the output's name.
  var format: DataFormat {
    givenFormat ?? DataFormat(promisedBy: output.path) ?? name.usualFormat
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
      ("--noise", noise != nil, name.isSeries || [.gestures, .tones, .sales].contains(name)),
      ("--step", step != nil, name == .sine), ("--clean", clean != nil, name == .anomalies),
      ("--future", future != nil, name == .sales),
      ("--symbols", symbols != nil, name == .recall), ("--digits", digits != nil, name == .addition),
    ]
    for (option, isGiven, isKnown) in given where isGiven && !isKnown {
      throw ValidationError("\(name.rawValue) has no option \(option)")
    }
    try validateNumbers()
    guard name.formats.contains(format) else {
      throw ValidationError("\(name.rawValue) can't be written as \(format.rawValue)")
    }
  }

  private func validateNumbers() throws {
    let minimum = name == .adding ? 2 : 1
    for (option, value, low) in [
      ("--length", length, minimum), ("--rows", rows, 0), ("--symbols", symbols, 2),
      ("--clean", clean, 0), ("--future", future, 0),
    ] {
      guard let value, !(low...1_000_000_000).contains(value) else { continue }
      throw ValidationError("\(option): \(value) is not between \(low) and 1000000000")
    }
    for (option, value) in [("--noise", noise), ("--step", step)] where value.map({ !$0.isFinite }) ?? false {
      throw ValidationError("\(option): not a finite number")
    }
    if let noise, noise < 0 { throw ValidationError("--noise: \(noise) is negative") }
    if name == .sales, let noise, noise > 3 {
      throw ValidationError("--noise: \(noise) is above 3, with which sales differ by factors of thousands")
    }
    if let digits, !(1...9).contains(digits) {
      throw ValidationError("--digits: \(digits) is not between 1 and 9")
    }
    if let capacity = name.capacity(digits: digits ?? 3), let rows, rows > capacity {
      throw ValidationError("--rows: there are only \(capacity) different rows of \(name.rawValue)")
    }
    if name == .sales, (length ?? 0) + (future ?? 0) > 100_000 {
      throw ValidationError("--length and --future: more than 100000 days")
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
    recordParameters(run)
    switch (name, format) {
    case (.sentences, _): try writeSentences(run)
    case (.sales, _): try writeSales(run)
    case (_, .stream): try writeStream(run)
    case (_, .csv), (_, .lines): try writeText(run)
    }
  }

  private func recordParameters(_ run: StageRun) {
    run.parameter("name", name.rawValue)
    for (key, value) in [
      ("length", length), ("rows", rows), ("clean", clean), ("future", future), ("symbols", symbols),
      ("digits", digits),
    ] {
      if let value { run.parameter(key, value) }
    }
    for (key, value) in [("noise", noise), ("step", step)] {
      if let value { run.parameter(key, value) }
    }
  }

  /// Reports what was written.
  func report(_ rows: Int, to run: StageRun) {
    run.result(["name": .string(name.rawValue), "rows": .integer(Int64(rows))], "", stream: .error)
  }
}
