// Arbitrary bytes, which must not crash the process.

import ByteStreams
import Failures
import RandomNumbers
import Sequences
import Tensor
import TensorFile
import Testing

@Suite("Text from anywhere")
struct TextBytesTests {
  @Test("random bytes are read or rejected, and tokenized", arguments: TextFormat.allCases)
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
      var options = TextOptions()
      options.format = format
      let source = PeekedSource(ByteFeed(bytes, block: 1 + random.index(below: 9)))
      guard let reader = try? TextReader(source, named: "in", options) else { continue }
      while let chunk = try? reader.next() { try tokenize(chunk) }
    }
  }

  private func tokenize(_ chunk: Chunk) throws {
    for mode in TokenMode.allCases {
      var builder = VocabularyBuilder(rules: TokenRules(mode: mode), threads: 1)
      try builder.add(chunk)
      guard let vocabulary = try? builder.vocabulary(limit: nil, minimum: 1) else { continue }
      let ids = try #require(vocabulary.tokenize(chunk).columns["x"]?.ragged?.values.values(as: Int32.self))
      #expect(ids.allSatisfy { $0 != 2 && $0 > 0 && Int($0) < vocabulary.size })
    }
  }
}
