// Sentences as the columns that a tagger reads: `x`, the ids of the words, and `chars`, the ids of their characters.

import Failures
import Tensor
import TensorFile

/// Encodes sentences of words.
public struct SentenceEncoder: Sendable {
  /// The vocabulary of words.
  public let words: Vocabulary
  /// The vocabulary of characters; nil if they aren't read.
  public let characters: Vocabulary?
  private var grid: CharacterGrid?

  /// - Parameters:
  ///   - words: the vocabulary of words.
  ///   - characters: the vocabulary of characters.
  ///   - length: the number of characters of a word; 0 if they aren't read.
  public init(words: Vocabulary, characters: Vocabulary?, length: Int) {
    (self.words, self.characters) = (words, characters)
    grid = length > 0 ? characters.map { CharacterGrid($0, length: length) } : nil
  }

  /// The encoder of a stream or model of tags.
  /// - Throws: `Failure` (data) if a vocabulary is missing.
  public init(header: StreamHeader, _ facts: TaggingFacts) throws {
    let characters = try Vocabulary(header: header, name: Self.charactersName)
    guard let words = try Vocabulary(header: header), facts.characters == 0 || characters != nil else {
      throw damagedMetadata("rnn.vocabulary")
    }
    self.init(words: words, characters: characters, length: facts.characters)
  }

  /// The name of the characters' column and vocabulary.
  public static let charactersName = "chars"

  /// The rules of a vocabulary of words that a file gives.
  /// - Parameter lower: whether words are looked up in lower case.
  public static func rules(lower: Bool) -> TokenRules { TokenRules(lower: lower, filters: "", start: false) }

  /// The columns `x` and `chars` of sentences, as ragged rows.
  /// - Throws: `Failure` (internal error) if the words of a sentence don't stay apart.
  public mutating func columns(_ sentences: [[String]], threads: Int = 1) throws -> [String: Column] {
    let texts = Ragged(texts: sentences.map { TaggedSentence.text($0) })
    let ids = try words.tokenize(texts, threads: threads)
    guard zip(ids.lengths, sentences).allSatisfy({ Int($0) == $1.count }) else {
      throw Failure(.software, "the words of a sentence don't stay apart")
    }
    var columns = ["x": Column.ragged(ids)]
    columns[Self.charactersName] = characterColumn(sentences, ids.lengths)
    return columns
  }

  private mutating func characterColumn(_ sentences: [[String]], _ lengths: [Int32]) -> Column? {
    guard var grid else { return nil }
    var values: [Int32] = []
    for words in sentences { for word in words { grid.append(word, to: &values) } }
    self.grid = grid
    return .ragged(
      Ragged(values: Tensor(values, shape: [values.count / grid.length, grid.length]), lengths: lengths))
  }
}

extension Ragged {
  /// Texts as rows of UTF-8.
  public init(texts: [String]) {
    var bytes: [UInt8] = []
    for text in texts { bytes.append(contentsOf: text.utf8) }
    self.init(values: Tensor(bytes), lengths: texts.map { Int32($0.utf8.count) })
  }
}
