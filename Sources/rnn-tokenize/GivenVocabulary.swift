// The vocabulary and the class names that are known before the text is read: from a model, a file or options.

import ByteStreams
import Failures
import JSON
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// The vocabulary and the class names given on the command line.
struct GivenVocabulary {
  /// Nil if it is to be built from the text.
  private(set) var vocabulary: Vocabulary?
  /// The vocabularies of pairs; nil if they are to be built, or if there is only one vocabulary.
  private(set) var pairs: PairVocabularies?
  /// Nil if they are to be found in the text.
  private(set) var classes: ClassNames?
  /// The encoding of plain text.
  let encoding: EncodingChoice
  /// How a text file is read.
  let reading: TextOptions
  /// The shard that is to be tokenized; nil for everything.
  let shard: Shard?
  /// Whether labels are those of a model, which has no classes if they are numbers.
  private let isLike: Bool
  private var hasModelClasses = false

  /// What labels can be.
  var labels: LabelChoice {
    guard let classes else { return isLike ? .numbers : .found }
    return hasModelClasses ? .classes(classes) : .ordered(classes)
  }

  init(_ command: Tokenize, _ run: StageRun) throws {
    var usual: SourceForm?
    shard = command.sharding.shard
    isLike = command.like.path != nil && command.labels == nil
    if let path = command.like.path {
      run.parameter("like", path)
      let header = try run.header(of: path)
      guard try TaggingFacts(header: header) == nil else {
        throw Failure.data(
          "reads words with tags, not text", at: path,
          remedy: "rnn-predict splits text into words and tags them")
      }
      vocabulary = try Self.vocabulary(header, path)
      pairs = try PairVocabularies(header: header)
      classes = try ClassNames(header: header)
      hasModelClasses = classes != nil
      usual = try SourceForm(header: header)
    }
    encoding = try command.encoding.choice(usual: usual?.encoding)
    var reading = command.text.options(command.format, usual: usual)
    reading.header = CSVHeader(command.header)
    reading.acceptsBytes = (vocabulary?.rules.mode ?? command.rules.mode) == .byte
    self.reading = reading
    if let path = command.vocab {
      run.parameter("vocab", path)
      vocabulary = try Self.vocabulary(path, command, run)
    }
    if let labels = command.labels { try take(labels, command) }
  }

  /// Whether a vocabulary is given.
  var isGiven: Bool { vocabulary != nil }

  /// The given vocabularies of pairs: a model's, or one given for both sides; nil if they are to be built.
  /// - Throws: `Failure` (data) if the model has only one.
  func pairVocabularies(_ command: Tokenize) throws -> PairVocabularies? {
    guard let vocabulary else { return nil }
    if let pairs { return pairs }
    if let path = command.like.path {
      throw Failure.data(
        "has no vocabulary of targets", at: path, remedy: "name a model or a stream of tokenized pairs")
    }
    return PairVocabularies(
      source: try vocabulary.with(rules: PairVocabularies.sourceRules(vocabulary.rules)),
      target: try vocabulary.with(rules: PairVocabularies.targetRules(vocabulary.rules)))
  }

  private mutating func take(_ labels: String, _ command: Tokenize) throws {
    let names: ClassNames
    do {
      names = try ClassNames(ColumnList.items(of: labels))
    } catch { throw error.placed(at: "--labels") }
    if let classes, classes.names != names.names {
      throw Failure.usage(
        "the model has the classes \(classes.names.joined(separator: ","))", at: "--labels",
        remedy: "omit --labels")
    }
    classes = classes ?? names
  }

  private static func vocabulary(_ path: String, _ command: Tokenize, _ run: StageRun) throws -> Vocabulary {
    var source = try run.source(path)
    guard try run.isStream(&source) else {
      return try fileVocabulary(run.text(source, named: path), path, command, run)
    }
    guard !command.tokens.isGiven, command.vocabSize == nil else {
      throw Failure.usage("the stream's vocabulary determines its own rules and size", at: path)
    }
    return try vocabulary(run.header(of: run.reader(source, named: path)), path)
  }

  /// The vocabulary in a list of tokens, or in a tokenizer.json.
  private static func fileVocabulary(
    _ text: PeekedSource, _ path: String, _ command: Tokenize, _ run: StageRun
  ) throws -> Vocabulary {
    var text = text
    guard try text.begins(with: [UInt8(ascii: "{")]) else {
      return try Vocabulary(
        tokensOf: text, named: path, rules: command.rules, limit: command.vocabSize)
    }
    guard !command.tokens.isGiven, command.vocabSize == nil else {
      throw Failure.usage("a tokenizer.json determines its own rules and size", at: path)
    }
    var bytes: [UInt8] = []
    while case let more = try text.read(upTo: 1 << 18), !more.isEmpty {
      bytes += more
      guard bytes.count <= 1 << 28 else { throw Failure.data("is larger than 256 MiB", at: path) }
    }
    let json: JSONValue
    // The largest vocabularies in use have a quarter of a million tokens, and as many merges of two.
    do { json = try JSONValue(parsing: bytes, mostValues: 1 << 23) } catch { throw error.placed(at: path) }
    let file = try TokenizerFile(json, named: path)
    if let note = file.note { run.note("\(path): \(note)") }
    return file.vocabulary
  }

  private static func vocabulary(_ header: StreamHeader, _ path: String) throws -> Vocabulary {
    // A model that transcribes has the vocabulary of its symbols only.
    guard let vocabulary = try Vocabulary(header: header) ?? Vocabulary(header: header, name: "target") else {
      throw Failure.data("has no vocabulary", at: path, remedy: "name a model or stream of tokenized text")
    }
    return vocabulary
  }
}
