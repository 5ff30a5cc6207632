// BLEU and chrF compared with sacrebleu (fixtures/text/scores.py).

import Foundation
import Inference
import JSON
import Testing

@Suite struct ScoreTests {
  private static func corpora() throws -> [JSONValue] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("fixtures/text/scores.json"))
    return try JSONValue(parsing: Array(data))["corpora"]?.array ?? []
  }

  @Test func scoresAreThoseOfSacrebleu() throws {
    let corpora = try Self.corpora()
    #expect(corpora.count == 9)
    for corpus in corpora {
      var scores = TranslationScores()
      for pair in corpus["pairs"]?.array ?? [] {
        let texts = pair.array?.compactMap(\.string) ?? []
        scores.add(texts[0], reference: texts[1])
      }
      let values = Dictionary(uniqueKeysWithValues: scores.values)
      let name = corpus["name"]?.string ?? ""
      for score in ["bleu", "chrf"] {
        let (value, expected) = (try #require(values[score]), try #require(corpus[score]?.double))
        #expect(abs(value - expected) < 1e-9, "\(score) of \(name): \(value), not \(expected)")
      }
    }
  }

  @Test func exactMatchesAreCounted() {
    var scores = TranslationScores()
    scores.add("a b", reference: "a b")
    scores.add("a b", reference: "a  b")
    #expect(scores.values.first { $0.name == "exact_match" }?.value == 0.5)
  }
}
