// Texts as documents: blocks, windows of tokens, and the text of tokens.

import ByteStreams
import Failures
import RandomNumbers
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct DocumentTests {
  /// A text of two megabytes, whose words include letters of two and three bytes.
  private static let text: String = {
    var random = RandomStream(seed: 5)
    let words = ["a", "Über", "語の", "word", "it's", "ΟΔΟΣ", "line\n", "\n\n", "x,y"]
    return (0..<400_000).map { _ in words[random.index(below: words.count)] }.joined(separator: " ")
  }()

  @Test(arguments: [TokenMode.char, .byte, .word, .unicode], [true, false])
  func blocksHaveTheTokensOfTheText(_ mode: TokenMode, lower: Bool) throws {
    let rules = TokenRules(mode: mode, lower: lower, start: false)
    let bytes = Array(Self.text.utf8)
    var builder = VocabularyBuilder(rules: rules, threads: 2)
    let whole = try builder.add(Ragged(values: Tensor(bytes), lengths: [Int32(bytes.count)]))
    #expect(whole?.isEmpty == false)
    let vocabulary = try builder.fit().vocabulary
    let reader = DocumentReader(
      PeekedSource(MemorySource(bytes)), named: "text", mode: mode)
    var (ids, blocks) = ([Int32](), 0)
    while let pieces = try reader.next() {
      ids += try #require(vocabulary.tokenize(pieces, threads: 2).values.values(as: Int32.self))
      blocks += 1
    }
    #expect(blocks > 1)
    #expect(try ids == vocabulary.tokenize(bytes))
    #expect(reader.warning == nil)
  }

  @Test func invalidTextIsReported() throws {
    let bytes = Array("ab\ncd".utf8) + [0xFF] + Array("\n\nok\n".utf8) + [0xC3, 0x0A]
    let reader = DocumentReader(PeekedSource(MemorySource(bytes)), named: "f", mode: .char)
    while try reader.next() != nil {}
    #expect(try #require(reader.warning).hasPrefix("f: 2 lines are not UTF-8, the first is line 2"))
  }

  private func document(_ count: Int, parts: [Int]? = nil) -> Chunk {
    var columns = ["x": Tensor((0..<Int32(count)).map { $0 + 3 })]
    if let parts {
      columns["split"] = Tensor(parts.enumerated().flatMap { [UInt8](repeating: UInt8($0), count: $1) })
    }
    return Chunk(columns)
  }

  @Test(arguments: [1, 4, 7]) func windowsHaveTheNextTokens(_ stride: Int) throws {
    var windower = TokenWindower(length: 4, stride: stride)
    var rows: [[Int]] = []
    for range in [0..<3, 3..<4, 4..<17] {
      try windower.push(document(17).slice(range))
      while let chunk = windower.next(atMost: 2) {
        let (x, y) = (try #require(chunk.columns["x"]?.tensor), try #require(chunk.columns["y"]?.tensor))
        #expect(x.shape == [chunk.rows, 4] && y.shape == x.shape && x.type == .i32)
        #expect(y.integers == x.integers?.map { $0 + 1 })
        rows += (0..<chunk.rows).map { Array((x.integers ?? [])[$0 * 4..<$0 * 4 + 4]) }
      }
    }
    // The last start has a target after each of its four tokens.
    #expect(rows == Swift.stride(from: 0, through: 12, by: stride).map { [$0 + 3, $0 + 4, $0 + 5, $0 + 6] })
    #expect(windower.counts == [rows.count, 0, 0])
  }

  @Test func aWindowIsInThePartOfItsTargets() throws {
    var windower = TokenWindower(length: 4, stride: 4)
    try windower.push(document(21, parts: [9, 3, 9]))
    let next = windower.next(atMost: 10)
    let chunk = try #require(next)
    // Targets 1-4 and 5-8 are in part 0, 9-12 in two parts, 13-16 and 17-20 in part 2.
    #expect(chunk.columns["split"]?.tensor?.values(as: UInt8.self) == [0, 0, 2, 2])
    #expect(windower.straddling == 1)
    #expect(windower.counts == [2, 0, 2])
    #expect(windower.rest == nil)
  }

  @Test func theRestIsAShorterWindow() throws {
    var windower = TokenWindower(length: 4, stride: 4)
    try windower.push(document(4))
    let next = windower.next(atMost: 1)
    #expect(next == nil)
    #expect(windower.rest?.columns["x"]?.tensor?.integers == [3, 4, 5])
    #expect(windower.rest?.columns["y"]?.tensor?.integers == [4, 5, 6])
  }

  @Test func formsAreRemembered() throws {
    var header = StreamHeader(kind: "")
    #expect(try DocumentForm(header: header) == nil)
    try DocumentForm(length: 8, stride: 8).write(into: &header)
    #expect(header.kind == "windows")
    #expect(try DocumentForm(header: header) == DocumentForm(length: 8, stride: 8))
    #expect(try header.hasContinuousRows)
    SplitMetadata(method: "random", parts: [1, 0, 1], seed: 1).write(into: &header)
    #expect(try !header.hasContinuousRows)
    try DocumentForm(length: 8, stride: 3).write(into: &header)
    #expect(try !header.hasContinuousRows)
    #expect(throws: Failure.self) { try DocumentForm(length: 0) }
  }

  private func text(_ tokens: [String], _ mode: TokenMode, after start: String = "") throws -> String {
    let distinct = tokens.enumerated().filter { tokens.firstIndex(of: $0.element) == $0.offset }.map(
      \.element)
    let vocabulary = try Vocabulary(
      rules: TokenRules(mode: mode, lower: false, filters: "", start: false),
      tokens: distinct.map { Array($0.utf8)[...] })
    var text = TokenText(vocabulary, after: start)
    let bytes = tokens.flatMap { text.append(vocabulary.id(of: $0) ?? 0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func wordsAreJoinedReadably() throws {
    #expect(try text(["to", "be", ",", "or", "(", "not", ")", "!"], .word) == "to be, or (not)!")
    #expect(try text(["我", "喜欢", "sie"], .unicode) == "我喜欢 sie")
    #expect(try text(["be"], .word, after: "to") == " be")
    #expect(try text(["be"], .word, after: "to ") == "be")
    #expect(try text(["a", " ", "b"], .char, after: "x") == "a b")
  }
}
