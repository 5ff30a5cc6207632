// Plain text that is read twice, and bytes of any kind that must not stop the process.

import Failures
import RandomNumbers
import Sequences
import Tensor
import TensorFile
import Testing

@Suite("Text from anywhere")
struct TextSpoolTests {
  @Test("spooled text is given out as it was read, any number of times")
  func spool() throws {
    let lines = (0..<5000).map { "c\($0 % 3)\trow \($0) \(String(repeating: "x", count: $0 % 90))\n" }
    var reader = TextReader(ByteFeed(lines.joined(), block: 4096), named: "in")
    var looked = 0
    let spool = try TextSpool(&reader) { looked += $0.rows }
    #expect(looked == 5000 && reader.rows == 5000 && reader.classes?.count == 3)
    for _ in 0..<2 {
      var texts: [UInt8] = []
      var labels: [Int32] = []
      try spool.chunks { chunk in
        texts += chunk.columns["text"]?.ragged?.values.values(as: UInt8.self) ?? []
        labels += chunk.columns["y"]?.tensor?.values(as: Int32.self) ?? []
      }
      let expected = lines.map { $0.split(separator: "\t")[1].dropLast() }.joined()
      #expect(texts == Array(expected.utf8))
      #expect(labels == (0..<5000).map { Int32($0 % 3) })
    }
  }

  @Test("random bytes are read or refused, and tokenised", arguments: TextFormat.allCases)
  func randomBytes(format: TextFormat) throws {
    let parts: [[UInt8]] = [
      "\t", "\n", "\\", "\r\n", "{\"text\":\"", "\"}", "\\u0041", "\u{3A3}", "İ", "a ", "😀",
    ]
    .map { Array($0.utf8) }
    var random = RandomStream(seed: 8)
    for _ in 0..<2000 {
      let bytes = (0..<random.index(below: 30)).flatMap { _ in
        random.index(below: 3) == 0
          ? [UInt8(random.index(below: 256))] : parts[random.index(below: parts.count)]
      }
      var reader = TextReader(ByteFeed(bytes, block: 1 + random.index(below: 9)), named: "in", format: format)
      while let chunk = try? reader.next() { try tokenise(chunk) }
    }
  }

  private func tokenise(_ chunk: Chunk) throws {
    for mode in TokenMode.allCases {
      var builder = VocabularyBuilder(rules: TokenRules(mode: mode), threads: 1)
      try builder.add(chunk)
      guard let vocabulary = try? builder.vocabulary() else { continue }
      let ids = try #require(vocabulary.tokenise(chunk).columns["x"]?.ragged?.values.values(as: Int32.self))
      #expect(ids.allSatisfy { $0 != 2 && $0 > 0 && Int($0) < vocabulary.size })
    }
  }
}
