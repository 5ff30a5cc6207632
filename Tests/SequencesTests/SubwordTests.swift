// Byte-pair encoding compared with Hugging Face tokenizers (fixtures/text/subwords.py), and texts put together again.

import JSON
import Sequences
import Tensor
import TensorFile
import Testing

@Suite("Subwords and punctuation")
struct SubwordTests {
  private func strings(_ json: JSONValue?) -> [String] { json?.array?.compactMap(\.string) ?? [] }

  private func learned(threads: Int = 1) throws -> (Vocabulary, JSONValue) {
    let cases = try textFixture("subwords")
    let rules = TokenRules(mode: .bpe, lower: false, start: false)
    var builder = VocabularyBuilder(rules: rules, threads: threads)
    try builder.add(textColumn(strings(cases["corpus"])))
    let limit = (cases["limit"]?.int ?? 0) + rules.firstID
    return (try builder.vocabulary(limit: limit, minimum: 2), cases)
  }

  private func expectIDs(_ vocabulary: Vocabulary, _ cases: JSONValue) throws {
    let texts = strings(cases["texts"])
    #expect(texts.count == 26)
    for (text, ids) in zip(texts, cases["ids"]?.array ?? []) {
      let expected = ids.array?.compactMap(\.int).map { Int32($0 + vocabulary.rules.firstID) } ?? []
      let start = vocabulary.rules.startID.map { [$0] } ?? []
      #expect(try vocabulary.tokenize(Array(text.utf8)) == start + expected, "\(text.debugDescription)")
    }
  }

  @Test("subwords are learned and applied as by Hugging Face") func learning() throws {
    let (vocabulary, cases) = try learned()
    #expect(vocabulary.count == (cases["merges"]?.int ?? 0) + 256)
    try expectIDs(vocabulary, cases)
  }

  @Test("a tokenizer.json of the kind BPE is applied as by Hugging Face") func file() throws {
    let file = try TokenizerFile(try textFixture("bpe-tokenizer"), named: "t")
    try expectIDs(file.vocabulary, try textFixture("bpe-tokenizer-ids"))
  }

  @Test("subwords survive the header, and depend on no threads") func header() throws {
    let (vocabulary, _) = try learned(threads: 3)
    #expect(vocabulary == (try learned().0))
    var header = StreamHeader(kind: "sequences")
    vocabulary.write(into: &header, name: "target")
    #expect(try Vocabulary(header: header, name: "target") == vocabulary)
    header.side["rnn.vocabulary.target.merges"] = Tensor([Int32(0), 400], shape: [1, 2])
    #expect(throws: (any Error).self) { try Vocabulary(header: header, name: "target") }
  }

  @Test("texts are put together again") func text() throws {
    let (subwords, cases) = try learned()
    for text in strings(cases["texts"]) {
      let expected = text.hasPrefix(" ") ? String(text.dropFirst()) : text
      #expect(subwords.text(of: try subwords.tokenize(Array(text.utf8))) == expected)
    }
    let sentence = "Two men, a dog's friend & 3 more: \"don't\" wait... (l'été)!"
    let rules = TokenRules(mode: .punct, lower: false)
    let words = try makeVocabulary([sentence], rules: rules)
    #expect(
      words.text(of: try words.tokenize(Array("  Two men,\ta dog's   friend! ".utf8)))
        == "Two men, a dog's friend!")
    #expect(words.text(of: try words.tokenize(Array(sentence.utf8))) == sentence)
    #expect(words.text(of: try words.tokenize(Array("a cat!".utf8)), unknown: "<unk>") == "a <unk>!")
    #expect(try words.cleaned("  A cat,  too ") == "A cat, too")
  }

  @Test("words and punctuation are tokens with the space before them") func pieces() throws {
    let words = try makeVocabulary(["a dog's bone, a 3rd bone."], rules: TokenRules(mode: .punct))
    #expect(tokens(of: words) == [" a", " bone", " dog", "'s", ",", " 3rd", "."])
  }
}
