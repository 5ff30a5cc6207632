// rnn-tokenize: turns text into token ids, with a new or a given vocabulary, which is stored in the stream.

import ArgumentParser
import ByteStreams
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// The command `rnn-tokenize`.
public struct Tokenize: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-tokenize",
    abstract: "Turn text into token ids.",
    discussion: """
      FILE is a stream of kind text, or a text file, compressed or not: lines with label<TAB>text or with text \
      only, in which \\t, \\n and \\\\ stand for a tab, a line feed and a backslash; CSV or TSV with a header; JSON \
      Lines; fastText's __label__ lines; or words with tags. The format is detected, unless --format specifies it. The \
      column text \
      is replaced by a column x of ids; labels become y, and all other columns are passed through.

      Ids: 0 is padding, 1 begins each sequence, 2 stands for unknown tokens, and the tokens of the vocabulary \
      have the ids from 3 on, the most frequent first (in case of a tie, the one that occurred first). The \
      vocabulary is built from the rows of part 0 if the stream is split, else from all rows, and is stored in \
      the stream and in the model.

      Words are those of Keras's Tokenizer: text is lowercased, the characters of --filters are replaced by \
      spaces, and the result is split at spaces; the apostrophe is kept. With --mode unicode, text is \
      split at Unicode's word boundaries, with dictionaries for Chinese, Japanese, Thai and similar languages. A char is a Unicode code point. \
      With --mode punct, punctuation marks are tokens too, and tokens keep the space before them, so that text can \
      be put together again; --mode bpe learns subwords by byte-pair encoding, 8000 unless --vocab-size says \
      otherwise. Invalid UTF-8 is read as U+FFFD, except with --mode byte.

      Pairs, source<TAB>target lines with --format pairs or a stream of pairs, become the columns source, target \
      (what a decoder reads: it begins with the start id) and y (which ends with the end id, 3). Their tokens have \
      ids from 4 on; the unit is punct unless --mode names another one.

      Words with tags (CoNLL-U, or columns as in the shared tasks of CoNLL) become rows of sentences: x, the ids of the \
      words; chars, those of each word's characters; and y, the tags. Words seen once are unknown (--min-count 1 \
      keeps them). Tags of entities in the schemes IOB1, BIO and BIOES are all converted to BIO.

      With --document, the whole file is one text: a series with one row per token, of which rnn-window cuts \
      windows for a model that predicts the next token (rnn-predict --generate). Upper case is kept unless --lower \
      is given, and there is no start id.

      With --shard 2/4, the second quarter of the rows is tokenized, with a given vocabulary; of a stream in a file, \
      and of a plain file of lines or JSON Lines, nothing else is read. cat joins the outputs of all shards.

      Classes get ids in sorted order (integers as numbers), or in the order of --labels. Unlike a stream, plain \
      text has no end mark: if the program that writes it is interrupted, this can't be detected.
      """,
    examples: [
      "rnn-download imdb --split train | rnn-tokenize --vocab-size 10000 |",
      "    rnn-pad --length 200 -o train.tensors.zst",
      "rnn-download imdb --split test | rnn-tokenize --like model.tensors.zst |",
      "    rnn-pad --like model.tensors.zst | rnn-predict model.tensors.zst",
      "rnn-tokenize reviews.tsv --labels neg,pos -o reviews.tensors.zst",
      "rnn-tokenize reviews.csv --text-column review --label-column sentiment -o r.tensors.zst",
      "rnn-tokenize tales.txt --mode char --no-start -o letters.tensors.zst",
      "rnn-tokenize train.conllu --tags xpos | rnn-pad -o tags.tensors.zst",
      "rnn-tokenize eng.train --columns word,-,-,tag | rnn-pad -o entities.tensors.zst",
      "paste train.de train.en | rnn-tokenize --format pairs --min-count 2 -o p.tensors.zst",
      "rnn-tokenize corpus.txt --like model.tensors.zst --shard 2/4 -o part2.tensors.zst",
      "rnn-tokenize shakespeare.txt --mode char --document |",
      "    rnn-split --chronological 0.9,0.1 | rnn-window --length 256 -o w.tensors.zst",
    ])

  @Argument(
    help: ArgumentHelp("A text stream or a text file (default, or -: standard input).", valueName: "file"),
    completion: .file())
  var file: String?

  @OptionGroup var output: OutputOption

  @Option(
    help: ArgumentHelp(
      "The size of the vocabulary, including reserved ids (default: no limit).", valueName: "n"))
  var vocabSize: Int?

  @Option(
    help: ArgumentHelp(
      "How often a token must occur to be in the vocabulary (default: 1).", valueName: "n"))
  var minCount: Int?

  @OptionGroup(title: "TOKENS") var tokens: TokenOptions
  @OptionGroup(title: "PAIRS") var pairs: PairOptions

  @OptionGroup var like: LikeOption

  @Option(
    help: ArgumentHelp(
      """
      Use the vocabulary of a stream or model, of a file with one token per line in id order, or of a Hugging \
      Face tokenizer.json of type WordLevel or byte-level BPE.
      """, valueName: "file"), completion: .file())
  var vocab: String?

  @Option(help: ArgumentHelp("The class names in the order of their ids: a,b,c.", valueName: "names"))
  var labels: String?

  @Option(help: "The format of a text file (default: detected from its contents and its name).")
  var format: TextFormat?

  @OptionGroup(title: "WORDS WITH TAGS") var tagging: TaggingOptions

  @Flag(
    help: """
      Take the whole file as one long sequence of tokens, for models that generate text: the result is a series \
      with one row per token, for rnn-split --chronological and rnn-window.
      """)
  var document = false

  @OptionGroup(title: "TEXT FILES") var text: TextFileOptions

  @Flag(
    inversion: .prefixedNo,
    help:
      "Text: whether the first line of a CSV or TSV file names its columns, which are otherwise called 1, 2, ..."
  )
  var header: Bool?

  @OptionGroup var encoding: EncodingOption

  @OptionGroup var sharding: ShardOption
  @OptionGroup var threads: ThreadOptions

  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Throws if options can't be combined.
  public func validate() throws {
    if like.path != nil, tokens.isGiven || vocabSize != nil || minCount != nil || vocab != nil {
      throw ValidationError("--like uses the vocabulary and the rules of the model")
    }
    if document, labels != nil || format != nil || text.isGiven || header != nil {
      throw ValidationError("--document takes the whole file as one text, without labels, columns or formats")
    }
    if sharding.shard != nil {
      if document {
        throw ValidationError("--document is one sequence; divide its windows: rnn-window --shard")
      }
      if like.path == nil, vocab == nil {
        throw ValidationError(
          "--shard needs the vocabulary of all shards: --like MODEL|STREAM, or --vocab FILE")
      }
    }
    if vocab != nil, minCount != nil { throw ValidationError("--vocab names the tokens; omit --min-count") }
    if let minCount, minCount < 1 { throw ValidationError("--min-count must be at least 1") }
    let first = format == .pairs ? 4 : rules.firstID
    try VocabularySize.check(vocabSize, "--vocab-size", reserved: first)
  }

  /// The rules of a new vocabulary.
  var rules: TokenRules { tokens.rules(isDocument: document) }

  /// Reads, tokenizes and writes.
  public func perform(_ run: StageRun) throws {
    try run.checkOutput(output.path)
    var opened = try OpenedInput(file, run)
    if document { return try DocumentSession(self, opened, run).tokenize() }
    if case .stream(let reader, _) = opened { run.keepsRows(of: reader) }
    if case .file(var source, let name) = opened {
      if let tagged = try taggedFormat(&source, named: name) {
        return try TaggedText(self, named: name, tagged, run).perform(source)
      }
      opened = .file(source, name: name)
    }
    guard !tagging.isGiven else {
      throw Failure.usage(
        "the input is not recognized as words with tags", at: opened.name,
        remedy: "name its format: --format conllu or conll")
    }
    try tokenize(opened, run)
  }

  /// CoNLL-U or CoNLL columns, if the file is in one of these formats.
  private func taggedFormat(_ source: inout PeekedSource, named name: String) throws -> TextFormat? {
    if let format { return format.hasTags ? format : nil }
    if tagging.columns != nil { return .conll }
    return TextRecognition(try source.peek(TextRecognition.sampleBytes), path: name).taggedFormat
  }

  private func tokenize(_ opened: OpenedInput, _ run: StageRun) throws {
    if case .stream(let reader, let name) = opened, opened.describesVectors {
      return try tokenizeCaptions(reader, named: name, run)
    }
    let given = try GivenVocabulary(self, run)
    if opened.holdsPairs(format, like: given.pairs) { return try tokenizePairs(opened, given, run) }
    if case .stream(let reader, _) = opened, let transcripts = try TranscriptSession(reader, self, run) {
      return try transcripts.tokenize(given.vocabulary)
    }
    if pairs.isGiven {
      throw Failure.usage(
        "--shared and --target-vocab-size are for pairs", at: opened.name, remedy: "omit them")
    }
    if let vocabulary = given.vocabulary {
      let input =
        try given.shard.map { try TextInput(shard: $0, of: opened, given, run) }
        ?? TextInput(opened, given, run, isReadTwice: false) { [$0] }
      return try input.placing {
        try write(input, vocabulary, try classes(of: input, given), run) {
          try vocabulary.tokenize($0, threads: threads.count)
        }
      }
    }
    var builder = VocabularyBuilder(rules: rules, threads: threads.count)
    if rules.mode == .bpe { return try tokenizeSubwords(opened, given, &builder, run) }
    let input = try count(into: &builder, opened, given, run)
    try input.placing {
      let (vocabulary, idMap) = try fit(builder)
      if vocabulary.hasUncutWords {
        run.warn(
          "\(input.name): words are cut at spaces, but most of this text has none (use --mode unicode, or --mode char)"
        )
      }
      try write(input, vocabulary, try classes(of: input, given), run) { chunk in
        chunk.columns["text"] == nil
          ? try idMap.assignIDs(in: chunk) : try vocabulary.tokenize(chunk, threads: threads.count)
      }
    }
  }

  /// Counts all tokens. Returns the input with provisional ids instead of text.
  private func count(
    into builder: inout VocabularyBuilder, _ opened: OpenedInput, _ given: GivenVocabulary, _ run: StageRun
  ) throws -> TextInput {
    let counting = run.progress("counting", total: nil)
    let input = try TextInput(opened, given, run, isReadTwice: true, threads: threads.count) { chunk in
      let chunks = try builder.add(chunk)
      counting.advance(to: builder.countedRows)
      return chunks
    }
    counting.finish()
    return input
  }

  /// Learns subwords from the counted text, then tokenizes it.
  private func tokenizeSubwords(
    _ opened: OpenedInput, _ given: GivenVocabulary, _ builder: inout VocabularyBuilder, _ run: StageRun
  ) throws {
    let counting = run.progress("counting", total: nil)
    let input = try TextInput(opened, given, run, isReadTwice: true, threads: threads.count) { chunk in
      try builder.add(chunk)
      counting.advance(to: builder.countedRows)
      return [chunk]
    }
    counting.finish()
    try input.placing {
      try checkCount(builder)
      let vocabulary = try builder.vocabulary(limit: vocabSize, minimum: minCount)
      try write(input, vocabulary, try classes(of: input, given), run) {
        try vocabulary.tokenize($0, threads: threads.count)
      }
    }
  }

  private func checkCount(_ builder: VocabularyBuilder) throws {
    guard builder.countedRows == 0 else { return }
    throw Failure.data("part 0, from which the vocabulary is built, has no rows")
  }

  private func fit(_ builder: VocabularyBuilder) throws -> (Vocabulary, TokenIDMap) {
    try checkCount(builder)
    return try builder.fit(limit: vocabSize, minimum: minCount ?? 1)
  }

  /// The class names: the given ones, which must match those of the input if it has any.
  private func classes(of input: TextInput, _ given: GivenVocabulary) throws -> ClassNames? {
    guard let classes = given.classes else {
      guard like.path == nil || input.classes == nil else {
        throw Failure.data(
          "has class names, but the model has none", remedy: "give their order with --labels")
      }
      return input.classes
    }
    guard let found = input.classes else { return classes }
    guard found.names == classes.names else {
      let names = [found, classes].map { $0.names.prefix(8).joined(separator: ",") }
      throw Failure.data("the classes are \(names[0]) instead of \(names[1])")
    }
    guard like.path == nil || found.allowsSeveral == classes.allowsSeveral else {
      throw Failure.data(
        found.allowsSeveral
          ? "its rows can have several classes, but the model's have one"
          : "its rows have one class, but the model's can have several")
    }
    return found
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
    let writer = try run.writer(output.path, header: header, threads: threads.count)
    let progress = run.progress("tokenizing", total: input.rows)
    var summary = TokenSummary(vocabulary)
    try input.forEach { chunk in
      try classes?.check(chunk, firstRow: input.firstRow + summary.rows)
      let sequences = try sequences(chunk)
      summary.add(sequences)
      try writer.write(sequences)
      progress.advance(to: summary.rows)
    }
    progress.finish()
    try run.require(rows: summary.rows)
    try writer.finish()
    report(summary, vocabulary, classes, run)
  }

  private func report(
    _ summary: TokenSummary, _ vocabulary: Vocabulary, _ classes: ClassNames?, _ run: StageRun
  ) {
    run.note(parametersOf: vocabulary)
    if let minCount { run.parameter("min_count", minCount) }
    if let classes { run.parameter("labels", classes.names.joined(separator: ",")) }
    run.result(summary.json(classes), summary.text(classes), stream: .error)
  }
}

extension StageRun {
  /// Records how a vocabulary tokenizes text.
  func note(parametersOf vocabulary: Vocabulary) {
    let rules = vocabulary.rules
    parameter("mode", rules.mode.rawValue)
    parameter("lower", rules.lower)
    parameter("filters", rules.filters)
    parameter("start", rules.start)
    parameter("keras_ids", rules.kerasIDs)
    parameter("vocab_size", vocabulary.size)
  }
}
