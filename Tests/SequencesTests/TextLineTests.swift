// Plain text: escapes, labels, line ends, JSON Lines, and every error with its line.

import ByteStreams
import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite("Plain text")
struct TextLineTests {
  private func read(
    _ text: String, _ format: TextFormat = .lines, classes: [String]? = nil, block: Int = .max
  ) throws -> (texts: [String], labels: [Int]?, classes: [String]?) {
    try read(Array(text.utf8), format, classes: classes, block: block)
  }

  private func read(
    _ bytes: [UInt8], _ format: TextFormat = .lines, classes: [String]? = nil, block: Int = .max
  ) throws -> (texts: [String], labels: [Int]?, classes: [String]?) {
    let names = try classes.map { try ClassNames($0) }
    var options = TextOptions()
    options.format = format
    let reader = try TextReader(
      PeekedSource(ByteFeed(bytes, block: block)), named: "in.tsv", options,
      labels: names.map(LabelChoice.classes) ?? .found)
    var chunks: [Chunk] = []
    while let chunk = try reader.next() { chunks.append(chunk) }
    let found = try reader.labels()
    var (texts, labels): ([String], [Int]?) = ([], nil)
    for chunk in chunks.map(found.apply) {
      let text = try #require(chunk.columns["text"]?.ragged)
      let offsets = text.offsets
      let values = try #require(text.values.values(as: UInt8.self))
      for row in 0..<chunk.rows {
        texts.append(String(decoding: values[offsets[row]..<offsets[row + 1]], as: UTF8.self))
      }
      if let y = chunk.columns["y"]?.tensor?.integers { labels = (labels ?? []) + y }
    }
    #expect(reader.rows == texts.count)
    return (texts, labels, found.classes?.names)
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test("classes are in the order of their names", arguments: [1, 2, 7, 1000])
  func labeled(block: Int) throws {
    let found = try read("pos\ta fine film\nneg\tdull\r\npos\ta\\tb\\nc\\\\d\\e\\\npos\t", block: block)
    #expect(found.texts == ["a fine film", "dull", "a\tb\nc\\d\\e\\", ""])
    #expect(found.labels == [1, 0, 1, 1])
    #expect(found.classes == ["neg", "pos"])
  }

  @Test("lines without a tab are text alone", arguments: [1, 3, 1000])
  func unlabeled(block: Int) throws {
    let found = try read("\u{FEFF}one\n\ntwo\n", block: block)
    #expect(found.texts == ["one", "", "two"])
    #expect(found.labels == nil && found.classes == nil)
    #expect(try read("", block: block).texts.isEmpty)
    #expect(try read("\n", block: block).texts == [""])
  }

  @Test("only the first tab separates, and labels have escapes too")
  func tabs() throws {
    let found = try read("a\\tb\tc\td\n")
    #expect(found.texts == ["c\td"] && found.classes == ["a\tb"])
  }

  @Test("given classes keep their order and allow no others")
  func givenClasses() throws {
    let found = try read("pos\ta\nneg\tb\n", classes: ["neg", "pos", "mixed"])
    #expect(found.labels == [1, 0] && found.classes == ["neg", "pos", "mixed"])
    let error = message { _ = try read("pos\ta\npso\tb\n", classes: ["neg", "pos"]) }
    #expect(error == "in.tsv: line 2: the label pso is not one of the classes neg, pos")
  }

  @Test("errors name the line")
  func errors() throws {
    #expect(message { _ = try read("a\tb\nc\n") }.hasPrefix("in.tsv: line 2: has no label"))
    #expect(message { _ = try read("b\nx\ta\tb\n") }.hasPrefix("in.tsv: line 2: has a named label"))
    #expect(
      message { _ = try read("a\tb\n\tc\n") }
        == "in.tsv: line 2: the label is empty (label the row, or remove it)")
    #expect(
      message { _ = try read("{\"text\":\"a\"}\n[]\n", .jsonl) } == "in.tsv: line 2: is not a JSON object")
    #expect(
      message { _ = try read("{\"label\":1}\n", .jsonl) }.hasPrefix(
        "in.tsv: line 1: which field has the text?"))
    #expect(message { _ = try read("{\"text\":\"a\"}\n{\n", .jsonl) }.hasPrefix("in.tsv: line 2: "))
    #expect(
      message { _ = try read("{\"text\":\"a\",\"label\":{}}\n", .jsonl) }.hasPrefix("in.tsv: line 1: "))
    #expect(
      message { _ = try read("{\"text\":\"a\",\"label\":1}\n{\"text\":\"a\",\"label\":\"b\"}\n", .jsonl) }
        .hasPrefix("in.tsv: line 2: has a named label"))
    #expect(
      message { _ = try read("{\"text\":\"a\",\"label\":2}\n", .jsonl, classes: ["a", "b"]) }
        .hasPrefix("in.tsv: line 1: the label 2"))
  }

  @Test("too many labels are rejected")
  func tooManyLabels() {
    let text = (0...ClassNames.limit).map { "\($0)\ttext\n" }.joined()
    #expect(message { _ = try read(text) }.hasPrefix("in.tsv: more than 65536 different labels"))
  }

  @Test("JSON Lines: names, ids, or no labels")
  func jsonLines() throws {
    let named = try read(
      "{\"text\":\"a\\tb\",\"label\":\"pos\",\"id\":7}\n{\"text\":\"é\",\"label\":\"neg\"}", .jsonl)
    #expect(named.texts == ["a\tb", "é"] && named.labels == [1, 0] && named.classes == ["neg", "pos"])
    let numbered = try read("{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":0}\n", .jsonl)
    #expect(numbered.labels == [1, 0] && numbered.classes == ["0", "1"])
    let bare = try read("{\"text\":\"a\"}\n{\"text\":\"b\",\"label\":null}\n", .jsonl)
    #expect(bare.labels == nil)
  }

  @Test("what is written as a line is read as it was")
  func roundTrip() throws {
    for text in ["", "a\tb\nc\\d", "\\t\\n\\\\", "tab\t", "é\u{0}😀"] {
      let labeled = TextLine.line(label: "a\tb\\", text: text.utf8)
      let found = try read(labeled)
      #expect(found.texts == [text] && found.classes == ["a\tb\\"])
      #expect(try read(TextLine.line(label: nil, text: text.utf8)).texts == [text])
    }
  }

  @Test("invalid UTF-8 is kept until it is tokenized")
  func bytes() throws {
    let reader = try TextReader(PeekedSource(ByteFeed([0x61, 0xFF, 0x0A])), named: "in")
    let chunk = try #require(try reader.next())
    #expect(chunk.columns["text"]?.ragged?.values == Tensor([UInt8(0x61), 0xFF]))
    #expect(reader.invalidText?.rows == 1 && reader.invalidText?.firstLine == 1)
  }
}
