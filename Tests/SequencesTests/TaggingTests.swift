// Files of words with tags: their forms and faults, schemes of entities, plain text as words.

import ByteStreams
import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct TaggingTests {
  private func source(_ text: String) -> PeekedSource { PeekedSource(MemorySource(Array(text.utf8))) }

  private func sentences(_ text: String, _ form: TaggedForm = .conllu) throws -> [TaggedSentence] {
    var reader = TaggedReader(source(text), named: "f", form)
    var result: [TaggedSentence] = []
    while let sentence = try reader.nextSentence() { result.append(sentence) }
    return result
  }

  private static func line(_ number: String, _ word: String, _ tag: String) -> String {
    "\(number)\t\(word)\t_\t\(tag)\tX\t_\t_\t_\t_\t_\n"
  }

  private static let conllu =
    "# text = don't go\n" + line("1-2", "don't", "_") + line("1", "do", "AUX") + line("2", "n't", "PART")
    + line("2.1", "not", "ADV") + line("3", "go", "VERB") + "\n"

  @Test("multiword tokens and empty nodes are no words, and stay in the file")
  func conllu() throws {
    let text = Self.conllu + "\n" + Self.line("1", "Ten 000", "NUM")
    let all = try sentences(text)
    #expect(all.map { $0.words.map(\.form) } == [["do", "n't", "go"], ["Ten 000"]])
    #expect(all[0].words.map(\.tag) == ["AUX", "PART", "VERB"])
    #expect(all[1].text == "Ten\u{A0}000" && all[1].firstLine == 9)
    #expect(all[0].line(of: all[0].words[2]) == 6)
    let tagged = zip(all, [["A", "B", "C"], ["D"]]).map {
      String(decoding: $0.text(taggedWith: $1), as: UTF8.self)
    }
    let expected = text.replacing("\tAUX\t", with: "\tA\t").replacing("\tPART\t", with: "\tB\t")
      .replacing("\tVERB\t", with: "\tC\t").replacing("\tNUM\t", with: "\tD\t")
    #expect(tagged.joined() == expected)
  }

  @Test("columns, with tabs or blanks, and documents")
  func columns() throws {
    let text = "-DOCSTART- -X- O O\n\nEU NNP B-NP S-ORG\nrejects  VBZ\tB-VP O\n"
    #expect(throws: Failure.self) { try sentences(text, TaggedForm(columns: "word,-,-,tag")) }
    let all = try sentences(
      text.replacing("  VBZ\t", with: "  VBZ "), TaggedForm(columns: "word,-,-,tag"))
    #expect(all.map { $0.words.map(\.tag) } == [[], ["S-ORG", "O"]])
    #expect(
      String(decoding: all[1].text(taggedWith: ["B-ORG", "O"]), as: UTF8.self)
        == "EU NNP B-NP B-ORG\nrejects  VBZ B-VP O\n")
    let plain = try sentences("a\tX\nb\tY\n\nc\tX\n", .plainColumns)
    #expect(plain.map { $0.words.map(\.tag) } == [["X", "Y"], ["X"]])
    let untagged = try sentences("a\nb\n", .plainColumns)
    #expect(untagged[0].words.map(\.tag) == [nil, nil])
    #expect(String(decoding: untagged[0].text(taggedWith: ["X", "Y"]), as: UTF8.self) == "a\tX\nb\tY\n")
  }

  @Test(
    "faults name the line",
    arguments: [
      ("1\ta\t_\tX\n", "line 1: has 4 columns instead of 10"),
      (line("1", "a", "X") + line("3", "b", "X"), "line 2: word 3 follows word 1"),
      (line("1", "a", "X") + line("1", "b", "X"), "line 2: word 1 follows word 1"),
      (line("x", "a", "X"), "line 1: 'x' is not the number of a word, such as 1, 1-2 or 1.1"),
      (line("1", "", "X"), "line 1: the word is empty"), (line("1", "a", ""), "line 1: the tag is empty"),
    ])
  func faults(_ text: String, _ problem: String) throws {
    let failure = #expect(throws: Failure.self) { try sentences(text) }
    #expect(failure?.problem == problem)
  }

  @Test("an odd number of columns in one line")
  func oddColumns() throws {
    let failure = #expect(throws: Failure.self) { try sentences("a X\nb Y Z\n", .plainColumns) }
    #expect(failure?.problem == "line 2: has 3 columns, the lines before have 2")
  }

  @Test(
    "all schemes of entities become BIO",
    arguments: [
      ("I-PER I-PER O I-LOC B-LOC", "B-PER I-PER O B-LOC B-LOC"),
      ("B-PER I-PER O B-LOC", "B-PER I-PER O B-LOC"),
      ("B-PER I-PER E-PER O S-LOC S-LOC", "B-PER I-PER I-PER O B-LOC B-LOC"),
      ("B-PER L-PER U-LOC O", "B-PER I-PER B-LOC O"), ("B-X M-X E-X", "B-X I-X I-X"),
      ("O I-PER I-LOC", "O B-PER B-LOC"), ("B-A-B I-A-B", "B-A-B I-A-B"),
    ])
  func schemes(_ tags: String, _ bio: String) {
    let words = tags.split(separator: " ").map(String.init)
    #expect(EntityTags.bio(words)?.joined(separator: " ") == bio)
  }

  @Test("other tags are no entities")
  func otherTags() {
    #expect(EntityTags.bio(["NOUN"]) == nil)
    #expect(!EntityTags.are(["O"]) && EntityTags.are(["O", "B-X"]) && !EntityTags.are(["B-X", "NN"]))
    #expect(EntityTags.entities(["O", "I-A", "I-A", "B-A", "I-B"]).map(\.words) == [1..<3, 3..<4, 4..<5])
  }

  @Test(
    "plain text becomes words as in treebanks",
    arguments: [
      ("I don't think so.", "I|do|n't|think|so|."),
      ("Mr. Smith's 3.5 dogs (in the U.S.) bark...", "Mr.|Smith|'s|3.5|dogs|(|in|the|U.S.|)|bark|..."),
      ("\u{201C}We\u{2019}ll see,\u{201D} she said!", "\u{201C}|We|\u{2019}ll|see|,|\u{201D}|she|said|!"),
      ("It costs $5, 10% off -5 @home", "It|costs|$|5|,|10|%|off|-5|@home"),
      ("multi-chart fields; e.g. these", "multi-chart|fields|;|e.g.|these"), ("", ""), ("...", "..."),
      ("'s 'quoted'", "'s|'|quoted|'"), ("¿Qué?", "¿|Qué|?"),
    ])
  func splitting(_ text: String, _ words: String) {
    #expect(WordSplitter.words(text).map(\.form).joined(separator: "|") == words)
  }

  @Test("long words keep their beginning and their end")
  func characters() throws {
    let tokens = "abcdefg".utf8.map { [$0][...] }
    var grid = CharacterGrid(try Vocabulary(rules: CharacterGrid.rules, tokens: tokens), length: 5)
    var ids: [Int32] = []
    for word in ["ab", "abcdefg", "aéb"] { grid.append(word, to: &ids) }
    #expect(ids == [3, 4, 0, 0, 0, 3, 4, 5, 8, 9, 3, 2, 4, 0, 0])
  }

  @Test("the form of the data is remembered")
  func metadata() throws {
    for form in [TaggedForm.conllu, .plainColumns, try TaggedForm(columns: "-,word,tag")] {
      let facts = TaggingFacts(form: form, areEntities: true, characters: 12)
      var header = StreamHeader(kind: "sequences")
      facts.write(into: &header)
      #expect(try TaggingFacts(header: header) == facts)
    }
    for text in ["{}", "{\"format\":\"conllu\",\"word\":0,\"entities\":true,\"characters\":1}", "[1]"] {
      let header = StreamHeader(kind: "sequences", metadata: ["rnn.tagging": text])
      #expect(throws: (any Error).self) { try TaggingFacts(header: header) }
    }
  }
}
