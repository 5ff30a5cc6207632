// rnn-tokenize: text becomes token ids, by a vocabulary of its own or a given one, which the stream carries.

import ArgumentParser
import Failures
import Glibc
import Sequences
import Stage
import TensorFile

/// The command `rnn-tokenize`.
public struct Tokenize: StageCommand {
  /// The help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-tokenize",
    abstract: "Turn text into token ids.",
    discussion: """
      FILE is a stream of kind text, or plain text: a line each, label<TAB>text or text alone, with \\t, \\n \
      and \\\\ for a tab, a line feed and a backslash within; or, with --format jsonl, an object a line with \
      "text" and "label". The rows get a column x of ids in place of text; labels become y, and all other \
      columns are handed on.

      Ids: 0 is for padding, 1 begins each sequence, 2 stands for tokens the vocabulary doesn't have, and the \
      vocabulary's tokens have the ids from 3 on, the commonest first, the one seen first of equally common \
      ones. The vocabulary is made from the rows of part 0 where the stream was split, else from all rows, \
      and goes along with the stream and into the model.

      Words are cut as Keras's Tokenizer cuts them: lower case, the characters of --filters taken for spaces, \
      split at spaces; the apostrophe stays. A char is a Unicode code point. Bytes that are no UTF-8 are taken \
      for U+FFFD, except in --mode byte, which takes text as it is.

      Classes get ids in the order of first sight, or that of --labels. Plain text has no end mark: if what \
      writes it breaks off, that can't be seen here, as it is with a stream.
      """,
    examples: [
      "rnn-download imdb --split train | rnn-tokenize --vocab-size 10000 |",
      "    rnn-pad --length 200 -o train.tensors.zst",
      "rnn-download imdb --split test | rnn-tokenize --like model.tensors.zst |",
      "    rnn-pad --like model.tensors.zst | rnn-predict model.tensors.zst",
      "rnn-tokenize reviews.tsv --labels neg,pos -o reviews.tensors.zst",
      "rnn-tokenize tales.txt --mode char --no-start -o letters.tensors.zst",
    ])

  @Argument(
    help: ArgumentHelp("A text stream or plain text; - or nothing: standard input.", valueName: "file"),
    completion: .file())
  var file: String?

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Write to FILE, not to standard output.", valueName: "file"), completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("Every id is below N (default: all tokens get ids).", valueName: "n"))
  var vocabSize: Int?

  @OptionGroup(title: "TOKENS") var tokens: TokenOptions

  @Option(
    help: ArgumentHelp("Do as was done for this model or stream.", valueName: "model"), completion: .file())
  var like: String?

  @Option(
    help: ArgumentHelp(
      "Take the vocabulary of a stream or model, or of a file with one token a line, first id first.",
      valueName: "file"), completion: .file())
  var vocab: String?

  @Option(help: ArgumentHelp("The class names, in the order of their ids, as a,b,c.", valueName: "names"))
  var labels: String?

  @Option(help: "How plain text is written (default: lines).")
  var format: TextFormat?

  @OptionGroup var threads: ThreadOptions

  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Options that contradict each other are a wrong command line.
  public func validate() throws {
    if like != nil, tokens.isGiven || vocabSize != nil || vocab != nil {
      throw ValidationError("--like takes the vocabulary and its rules from the model")
    }
    let first = tokens.rules.firstID
    if let vocabSize, !(first + 1...Int(Int32.max)).contains(vocabSize) {
      throw ValidationError("--vocab-size must be at least \(first + 1): ids below \(first) are reserved")
    }
  }

  /// Reads, tokenises and writes.
  public func perform(_ run: StageRun) throws {
    try run.checkOutput(output)
    let given = try GivenFacts(self, run)
    if let vocabulary = given.vocabulary {
      let input = try TextInput(file, format, given.classes, run, isReadTwice: false) { [$0] }
      return try input.placing {
        try write(input, vocabulary, try classes(of: input, given), run) {
          try vocabulary.tokenise($0, threads: threads.count)
        }
      }
    }
    var builder = VocabularyBuilder(rules: tokens.rules, threads: threads.count)
    let input = try count(into: &builder, given, run)
    try input.placing {
      let (vocabulary, numbering) = try fit(builder)
      try write(input, vocabulary, try classes(of: input, given), run) { try numbering.renumber($0) }
    }
  }

  /// Counts all tokens; the input that is given back has numbers in their place.
  private func count(
    into builder: inout VocabularyBuilder, _ given: GivenFacts, _ run: StageRun
  ) throws -> TextInput {
    let counting = run.progress("counting", total: nil)
    let input = try TextInput(file, format, given.classes, run, isReadTwice: true, threads: threads.count) {
      chunk in
      let numbered = try builder.add(chunk)
      counting.advance(to: builder.countedRows)
      return numbered
    }
    counting.finish()
    return input
  }

  private func fit(_ builder: VocabularyBuilder) throws -> (Vocabulary, TokenNumbering) {
    guard builder.countedRows > 0 else {
      throw Failure.data("there are no rows in part 0, from which the vocabulary is made")
    }
    return try builder.fit(limit: vocabSize)
  }

  /// The names of the classes: those given, which must be those of the input where it has names.
  private func classes(of input: TextInput, _ given: GivenFacts) throws -> ClassNames? {
    guard let classes = given.classes else {
      guard like == nil || input.classes == nil else {
        throw Failure.data("has named classes, the model has none", remedy: "--labels gives their order")
      }
      return input.classes
    }
    if let found = input.classes, found != classes {
      let names = [found, classes].map { $0.names.prefix(8).joined(separator: ",") }
      throw Failure.data("the classes are \(names[0]), not \(names[1])")
    }
    return classes
  }
}

// MARK: - The second pass

extension Tokenize {
  private func write(
    _ input: TextInput, _ vocabulary: Vocabulary, _ classes: ClassNames?, _ run: StageRun,
    _ sequences: (Chunk) throws -> Chunk
  ) throws {
    var header = input.header
    header.kind = "sequences"
    vocabulary.write(into: &header)
    classes?.write(into: &header)
    let writer = try run.writer(output, header: header, threads: threads.count)
    let progress = run.progress("tokenising", total: input.rows)
    var summary = TokenSummary(vocabulary)
    try input.forEach { chunk in
      try classes?.check(chunk, firstRow: summary.rows)
      let sequences = try sequences(chunk)
      summary.add(sequences)
      try writer.write(sequences)
      progress.advance(to: summary.rows)
    }
    progress.finish()
    guard summary.rows > 0 else { throw Failure.data("there are no rows") }
    try writer.finish()
    report(summary, vocabulary, classes, run)
  }

  private func report(
    _ summary: TokenSummary, _ vocabulary: Vocabulary, _ classes: ClassNames?, _ run: StageRun
  ) {
    let rules = vocabulary.rules
    run.parameter("mode", rules.mode.rawValue)
    run.parameter("lower", rules.lower)
    run.parameter("filters", rules.filters)
    run.parameter("start", rules.start)
    run.parameter("keras_ids", rules.kerasIDs)
    run.parameter("vocab_size", vocabulary.size)
    if let classes { run.parameter("labels", classes.names.joined(separator: ",")) }
    run.result(summary.json(classes), summary.text(classes), stream: .error)
  }
}
