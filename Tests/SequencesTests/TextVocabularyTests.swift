// Vocabularies and class names in a stream's header, written and read, and damaged ones rejected.

import ByteStreams
import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite("Text metadata")
struct TextVocabularyTests {
  @Test(
    "a vocabulary survives the header",
    arguments: [
      TokenRules(), TokenRules(mode: .char, lower: false, start: false), TokenRules(mode: .byte),
      TokenRules(filters: "\"\\\t€", kerasIDs: true, unknownToken: "<oov>"), TokenRules(kerasIDs: true),
    ])
  func roundTrip(rules: TokenRules) throws {
    let vocabulary = try makeVocabulary(["Der Bär \u{0} 電影, 😀", "a fine film"], rules: rules)
    var header = StreamHeader(kind: "sequences")
    vocabulary.write(into: &header)
    let read = try #require(try Vocabulary(header: header))
    #expect(read == vocabulary && read.difference(from: vocabulary) == nil)
    #expect(try Vocabulary(header: StreamHeader(kind: "text")) == nil)
  }

  @Test("differences are described")
  func differences() throws {
    let rows = ["a b c", "a"]
    let vocabulary = try makeVocabulary(rows)
    func difference(_ other: Vocabulary) -> String { vocabulary.difference(from: other) ?? "" }
    #expect(difference(try makeVocabulary(rows, limit: 5)) == "6 ids instead of 5")
    #expect(difference(try makeVocabulary(["a c b", "a"])) == "id 4 is \"b\" instead of \"c\"")
    let modes = difference(try makeVocabulary(rows, rules: TokenRules(mode: .char)))
    #expect(modes == "--mode word instead of char")
    for rules in [
      TokenRules(lower: false), TokenRules(start: false), TokenRules(filters: ""), TokenRules(kerasIDs: true),
    ] {
      #expect(!difference(try makeVocabulary(rows, rules: rules)).isEmpty)
    }
  }

  @Test("damaged vocabularies are refused")
  func damagedMetadata() throws {
    var good = StreamHeader(kind: "sequences")
    try makeVocabulary(["a b"]).write(into: &good)
    let changes: [(inout StreamHeader) -> Void] = [
      { $0.metadata["rnn.vocabulary"] = "{" },
      { $0.metadata["rnn.vocabulary"] = "[]" },
      { $0.metadata["rnn.vocabulary"] = "{\"mode\":\"verse\"}" },
      { $0.side["rnn.vocabulary.values"] = nil },
      { $0.side["rnn.vocabulary.lengths"] = nil },
      { $0.side["rnn.vocabulary.lengths"] = Tensor([Int32(1), 2]) },
      { $0.side["rnn.vocabulary.lengths"] = Tensor([Int32(3), -1]) },
      { $0.side["rnn.vocabulary.lengths"] = Tensor([Int32(2), 0]) },
      { $0.side["rnn.vocabulary.lengths"] = Tensor([Int32(2)]) },
      { $0.side["rnn.vocabulary.lengths"] = Tensor([Int64(1), 1]) },
      { $0.side["rnn.vocabulary.values"] = Tensor(Array("aa".utf8)) },
      { $0.side["rnn.vocabulary.values"] = Tensor([Int32(97), 98]) },
    ]
    for change in changes {
      var header = good
      change(&header)
      #expect(throws: Failure.self) { try Vocabulary(header: header) }
    }
  }

  @Test("class names keep their order")
  func classes() throws {
    let classes = try ClassNames(["neg", "pos", "néutral"])
    var header = StreamHeader(kind: "text")
    classes.write(into: &header)
    #expect(try ClassNames(header: header) == classes)
    #expect(classes.id(of: "pos") == 1 && classes.name(2) == "néutral" && classes.name(3) == nil)
    #expect(throws: Failure.self) { try ClassNames(["a", "a"]) }
    #expect(throws: Failure.self) { try ClassNames(["a", ""]) }
    #expect(throws: Failure.self) {
      try classes.check(Chunk(["y": Tensor([Int32(0), 3])]), firstRow: 10)
    }
    try classes.check(Chunk(["y": Tensor([Int32(0), 2])]), firstRow: 10)
  }

  @Test("a file of tokens is a vocabulary")
  func tokenFile() throws {
    func read(_ text: String, _ rules: TokenRules = TokenRules(), limit: Int? = nil) throws -> Vocabulary {
      try Vocabulary(
        tokensOf: PeekedSource(ByteFeed(text, block: 3)), named: "words.txt", rules: rules, limit: limit)
    }
    #expect(tokens(of: try read("the\nfilm\nfrançois")) == ["the", "film", "françois"])
    #expect(tokens(of: try read("the\r\nfilm\r\n", limit: 4)) == ["the"])
    #expect(tokens(of: try read(" \n\\n\n\\\\\na\n", TokenRules(mode: .char))) == [" ", "\n", "\\", "a"])
    for text in ["", "the\nthe\n", "The\n", "two words\n", "comma,\n", "a\n\nb\n"] {
      #expect(throws: Failure.self) { try read(text) }
    }
  }
}
