// The sentences of a file as rows with tags: a first pass counts words, characters and tags, a second one writes the ids.
// Between them, sentences are stored as text.

import Failures
import Tensor
import TensorFile

/// How new data is prepared, where no model says so.
public struct TaggingChoices: Sendable {
  /// The form of the file.
  public var form = TaggedForm.conllu
  /// Whether words are looked up in lower case; their characters never are.
  public var lower = true
  /// The size of the vocabulary of words, including reserved ids; nil for no limit.
  public var vocabularySize: Int?
  /// How often a word must occur to be in the vocabulary. Words seen once are unknown, so that a model learns what to
  /// make of words that it doesn't know.
  public var minimumCount = 2
  /// The number of characters of a word.
  public var characters = 20

  /// The usual choices, for CoNLL-U.
  public init() {}
}

/// Collects the sentences of a file.
public final class TaggedCorpus {
  private static let chunkSentences = 1000
  private let spool = ChunkSpool()
  private let choices: TaggingChoices
  private let threads: Int
  /// What a model says; nil for new data.
  private let model: (facts: TaggingFacts, classes: ClassNames)?
  private var wordCounts: VocabularyBuilder
  private var characterCounts = VocabularyBuilder(rules: CharacterGrid.rules)
  private var pending: [(words: [String], tags: [String])] = []
  /// The tags as they are written, and in the scheme BIO as long as all are those of entities.
  private var tags: Set<String> = []
  private var entityTags: Set<String>? = []

  /// The number of sentences, and of words.
  public private(set) var sentences = 0
  /// The number of words.
  public private(set) var words = 0
  /// The number of sentences that were left out because they have tags that the model doesn't know.
  public private(set) var skipped = 0
  /// Where lines without words are: how often, and the first of them.
  public private(set) var wordless: (count: Int, firstLine: Int)?

  /// - Parameters:
  ///   - header: the header of a model or stream whose vocabularies and tags are to be used; nil for new data.
  ///   - threads: the maximum number of threads.
  /// - Throws: `Failure` (data) if the model isn't one of tags.
  public init(_ choices: TaggingChoices, like header: StreamHeader?, threads: Int) throws {
    (self.choices, self.threads) = (choices, threads)
    wordCounts = VocabularyBuilder(rules: SentenceEncoder.rules(lower: choices.lower), threads: threads)
    guard let header else {
      model = nil
      return
    }
    guard let facts = try TaggingFacts(header: header), let classes = try ClassNames(header: header) else {
      throw Failure.data("doesn't tag words")
    }
    model = (facts, classes)
  }

  /// Adds a sentence.
  ///
  /// - Parameter skipsUnknownTags: whether a sentence is left out if it has tags that the model doesn't know.
  /// - Throws: `Failure` (data) if it has no tags, or such tags and `skipsUnknownTags` is false.
  public func add(_ sentence: TaggedSentence, named name: String, skipsUnknownTags: Bool) throws {
    guard !sentence.words.isEmpty else {
      if !sentence.lines.isEmpty, sentence.lines.contains(where: { $0.first == UInt8(ascii: "#") }) {
        wordless = wordless.map { ($0.count + 1, $0.firstLine) } ?? (1, sentence.firstLine)
      }
      return
    }
    var tags: [String] = []
    for word in sentence.words {
      guard let tag = word.tag else {
        throw Failure.data("line \(sentence.line(of: word)): the word has no tag", at: name)
      }
      tags.append(tag)
    }
    if let model {
      let converted = model.facts.converted(tags)
      if let index = converted.firstIndex(where: { model.classes.id(of: $0) == nil }) {
        skipped += 1
        if skipsUnknownTags { return }
        throw unknown(tags[index], model.classes, sentence.line(of: sentence.words[index]), name)
      }
    }
    note(tags)
    guard self.tags.count <= ClassNames.limit else {
      throw Failure.data(
        "has more than \(ClassNames.limit) different tags", at: name,
        remedy: "choose another column with --tags")
    }
    pending.append((sentence.words.map(\.form), tags))
    (sentences, words) = (sentences + 1, words + tags.count)
    if pending.count == Self.chunkSentences { try store() }
  }

  private func unknown(_ tag: String, _ classes: ClassNames, _ line: Int, _ name: String) -> Failure {
    let known = classes.names.prefix(8).joined(separator: ", ") + (classes.count > 8 ? ", ..." : "")
    return Failure.data(
      "line \(line): the tag \(tag) is not one of the model's (\(known))", at: name,
      remedy: "leave out such sentences with --skip-unknown-tags")
  }

  private func note(_ tags: [String]) {
    self.tags.formUnion(tags)
    guard entityTags != nil else { return }
    guard let bio = EntityTags.bio(tags) else {
      entityTags = nil
      return
    }
    entityTags?.formUnion(bio)
  }

  private func store() throws {
    guard !pending.isEmpty else { return }
    let text = Ragged(texts: pending.map { TaggedSentence.text($0.words) })
    if model == nil {
      try wordCounts.add(text)
      try characterCounts.add(Ragged(texts: pending.map { $0.words.joined() }))
    }
    // A line feed can be part of neither words nor tags.
    let columns = [
      "words": Column.ragged(Ragged(texts: pending.map { $0.words.joined(separator: "\n") })),
      "tags": .ragged(Ragged(texts: pending.map { $0.tags.joined(separator: "\n") })),
    ]
    try spool.append(Chunk(columns, rows: pending.count))
    pending = []
  }
}

// MARK: - The second pass

extension TaggedCorpus {
  /// What is known after the first pass.
  public struct Result {
    /// How sentences are encoded.
    public let encoder: SentenceEncoder
    /// The tags.
    public let classes: ClassNames
    /// The form of the files, and what the tags are.
    public let facts: TaggingFacts
  }

  /// Ends the first pass.
  /// - Parameter header: the header of the model, if there is one.
  /// - Throws: `Failure` (data) if there are no sentences, or they have no tags.
  public func finish(like header: StreamHeader?) throws -> Result {
    try store()
    guard sentences > 0 else {
      throw Failure.data(
        skipped > 0 ? "no sentence has only tags that the model knows" : "there are no sentences with words")
    }
    guard tags != ["_"] else {
      throw Failure.data(
        "there are no tags in \(choices.form.tagName)", remedy: "choose another column with --tags")
    }
    if let model, let header {
      return Result(
        encoder: try SentenceEncoder(header: header, model.facts), classes: model.classes, facts: model.facts)
    }
    let areEntities = EntityTags.are(tags)
    let names = areEntities ? entityTags ?? tags : tags
    let words = try wordCounts.fit(limit: choices.vocabularySize, minimum: choices.minimumCount).vocabulary
    let characters = choices.characters > 0 ? try characterCounts.fit().vocabulary : nil
    return Result(
      encoder: SentenceEncoder(words: words, characters: characters, length: choices.characters),
      classes: try ClassNames(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }),
      facts: TaggingFacts(form: choices.form, areEntities: areEntities, characters: choices.characters))
  }

  /// Calls `body` with all sentences in order, in chunks with the columns `x`, `chars` and `y`. Can be called once only.
  public func forEach(_ result: Result, _ body: (Chunk) throws -> Void) throws {
    var encoder = result.encoder
    try spool.drain { chunk in
      let sentences = try chunk.lines("words"), tags = try chunk.lines("tags")
      var columns = try encoder.columns(sentences, threads: threads)
      let ids = tags.flatMap { result.facts.converted($0).map { result.classes.id(of: $0) ?? -1 } }
      columns["y"] = .ragged(Ragged(values: Tensor(ids), lengths: tags.map { Int32($0.count) }))
      try body(Chunk(columns, rows: chunk.rows))
    }
  }
}

extension Chunk {
  /// The lines of each row of a column of text.
  fileprivate func lines(_ name: String) throws -> [[String]] {
    guard let text = columns[name]?.ragged else { return [] }
    let (bytes, offsets) = (try text.textBytes(), text.offsets)
    return text.lengths.indices.map { row in
      bytes[offsets[row]..<offsets[row + 1]].split(separator: UInt8(ascii: "\n")).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
  }
}
