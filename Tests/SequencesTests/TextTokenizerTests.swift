// Tokens and ids compared with Keras's Tokenizer, lower case compared with Python, and independence of
// threads.

import Failures
import Foundation
import JSON
import RandomNumbers
import Sequences
import Tensor
import TensorFile
import Testing

@Suite("Tokens")
struct TextTokenizerTests {
  /// The options of Keras's Tokenizer as rules.
  private func rules(_ options: [String: JSONValue]) -> TokenRules {
    TokenRules(
      mode: options["char_level"]?.bool == true ? .char : .word, lower: options["lower"]?.bool ?? true,
      filters: options["filters"]?.string ?? TokenRules.kerasFilters, kerasIDs: true,
      unknownToken: options["oov_token"]?.string)
  }

  private func bytes(hex: String) -> [UInt8] {
    let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  @Test("ids are those of Keras's Tokenizer, even for unusual text", arguments: [1, 2, 5])
  func kerasIDs(threads: Int) throws {
    let fixture = try textFixture("tokenizer")
    let text = textColumn(try #require(fixture["texts"]?.array).compactMap(\.string).map(bytes(hex:)))
    for reference in try #require(fixture["cases"]?.array) {
      let options = try #require(reference["options"]?.object)
      let limit = options["num_words"]?.int
      var builder = VocabularyBuilder(rules: rules(options), threads: threads)
      try builder.add(text)
      let vocabulary = try builder.fit(limit: limit).vocabulary

      let words = try #require(reference["tokens"]?.array).compactMap(\.string)
      let named = options["oov_token"] == nil ? words : Array(words.dropFirst())
      let kept = named.prefix(limit.map { $0 - vocabulary.rules.firstID } ?? .max)
      #expect(tokens(of: vocabulary).map { Array($0.utf8) } == kept.map { Array($0.utf8) })

      let expected = try #require(reference["sequences"]?.array).map { row in
        row.array?.compactMap { $0.int.map(Int32.init) } ?? []
      }
      #expect(try sequenceRows(vocabulary.tokenize(text, threads: threads)) == expected, "\(options)")
    }
  }

  /// Python's lower case of `scalar`; nil if Python's version of Unicode doesn't know it.
  private func pythonLower(
    _ scalar: Unicode.Scalar, _ changed: [String: JSONValue], unicode version: (Int, Int)
  ) -> [Unicode.Scalar]? {
    if let lower = changed[String(scalar.value, radix: 16, uppercase: true)]?.array {
      return lower.compactMap { $0.int.flatMap { Unicode.Scalar(UInt32($0)) } }
    }
    guard let age = scalar.properties.age, scalar.properties.generalCategory != .privateUse else {
      return nil
    }
    return (age.major, age.minor) > version ? nil : [scalar]
  }

  @Test("lower case is Python's for every character")
  func lowerCase() throws {
    let fixture = try textFixture("lower")
    let changed = try #require(fixture["changed"]?.object)
    let version = try #require(fixture["unicode"]?.string).split(separator: ".").compactMap { Int($0) }
    var rows: [[UInt8]] = []
    var expected: [[UInt8]] = []
    for scalar in (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init) where scalar != " " {
      guard let lower = pythonLower(scalar, changed, unicode: (version[0], version[1])) else { continue }
      rows.append(Array("a\(scalar)b".utf8))
      expected.append(Array("a".utf8) + lower.flatMap { Array("\($0)".utf8) } + Array("b".utf8))
    }
    let rules = TokenRules(filters: "", kerasIDs: true)
    let vocabulary = try Vocabulary(rules: rules, tokens: Set(expected).map { $0[...] })
    let found = try sequenceRows(vocabulary.tokenize(textColumn(rows)))
    let wrong = found.indices.filter { index in
      found[index] != [vocabulary.id(of: String(decoding: expected[index], as: UTF8.self))]
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5).map { String(decoding: rows[$0], as: UTF8.self) })")
  }

  @Test("ids are reserved, ordered by count, then by first occurrence, and below the limit")
  func ids() throws {
    let rows = ["b a c", "c a", "d d d d"]
    let vocabulary = try makeVocabulary(rows)
    #expect(tokens(of: vocabulary) == ["d", "a", "c", "b"])
    #expect(vocabulary.size == 7)
    #expect(try vocabulary.tokenize(Array("b, A! x".utf8)) == [1, 6, 4, 2])
    #expect(try vocabulary.tokenize([]) == [1])
    #expect(try vocabulary.text(of: [0, 0, 1, 6, 2, 3]) == "b \u{FFFD} d")
    #expect(vocabulary.id(of: "c") == 5 && vocabulary.id(of: "x") == nil && vocabulary.token(2) == nil)

    let small = try makeVocabulary(rows, rules: TokenRules(start: false), limit: 5)
    #expect(tokens(of: small) == ["d", "a"])
    #expect(try small.tokenize(Array("b a d".utf8)) == [2, 4, 3])
  }

  @Test("characters are code points and bytes are bytes")
  func modes() throws {
    let text = "é\u{1F600}é A"
    let characters = try makeVocabulary([text], rules: TokenRules(mode: .char, start: false))
    #expect(tokens(of: characters) == ["é", "\u{1F600}", " ", "a"])
    #expect(try characters.text(of: characters.tokenize(Array(text.utf8))) == "é\u{1F600}é a")

    let bytes = try makeVocabulary([text], rules: TokenRules(mode: .byte, start: false))
    #expect(bytes.size == 3 + 8)
    #expect(try bytes.text(of: bytes.tokenize(Array(text.utf8))) == text)
    #expect(try bytes.tokenize([0xFF]) == [2])
  }

  @Test("neither threads nor chunks change the result")
  func threads() throws {
    var random = RandomStream(seed: 4)
    let rows = (0..<300).map { _ in
      (0..<random.index(below: 40)).map { _ in "w\(random.index(below: 200))Å" }.joined(separator: " ")
    }
    let whole = try makeVocabulary(rows, limit: 100)
    for threads in [1, 2, 3, 8, 400] {
      var builder = VocabularyBuilder(rules: TokenRules(), threads: threads)
      for start in stride(from: 0, to: rows.count, by: 37) {
        try builder.add(textColumn(Array(rows[start..<min(start + 37, rows.count)])))
      }
      #expect(try builder.fit(limit: 100).vocabulary == whole)
      #expect(
        try whole.tokenize(textColumn(rows), threads: threads) == whole.tokenize(textColumn(rows)),
        "\(threads)")
    }
  }

  @Test("a vocabulary is made from part 0, where rows have parts")
  func parts() throws {
    var builder = VocabularyBuilder(rules: TokenRules())
    try builder.add(textChunk(["a a", "b", "c"], ["split": Tensor([UInt8(0), 1, 0])]))
    try builder.add(textChunk(["d", "e"], ["split": Tensor([UInt8(2), 0])]))
    #expect(builder.countedRows == 3)
    #expect(tokens(of: try builder.fit().vocabulary) == ["a", "c", "e"])
  }

  @Test("other columns are passed through")
  func chunks() throws {
    let vocabulary = try makeVocabulary(["a b"])
    let y = Tensor([Int32(1), 0])
    let chunk = try vocabulary.tokenize(textChunk(["b", ""], ["y": y]))
    #expect(chunk.columns["y"]?.tensor == y && chunk.columns["text"] == nil)
    #expect(try sequenceRows(#require(chunk.columns["x"]?.ragged)) == [[1, 4], [1]])
    #expect(throws: Failure.self) { try vocabulary.tokenize(chunk) }
  }

  @Test("text without tokens makes no vocabulary")
  func empty() throws {
    #expect(throws: Failure.self) { try makeVocabulary(["", " ", "!?"]) }
    #expect(throws: Failure.self) { try makeVocabulary([] as [String]) }
  }
}
