// Precision, recall and F1 of entities compared with conlleval and seqeval (fixtures/tagging/entities.py).

import Foundation
import Inference
import JSON
import Sequences
import Testing

@Suite struct TagCountTests {
  private static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures/tagging/entities.json")

  private func tags(_ json: JSONValue?) throws -> [String] {
    try #require(json?.array).map { try #require($0.string) }
  }

  @Test("entities are counted as by conlleval")
  func entities() throws {
    let json = try JSONValue(parsing: Array(Data(contentsOf: Self.file)))
    var counts = TagCounts(areEntities: true)
    let classes = try ClassNames(["B-LOC", "B-ORG", "B-PER", "I-LOC", "I-ORG", "I-PER", "O"])
    for sentence in try #require(json["sentences"]?.array) {
      counts.add(
        predicted: try tags(sentence["predicted"]), actual: try tags(sentence["actual"]), classes: classes)
    }
    let values = Dictionary(counts.entityValues) { first, _ in first }
    let expected = try #require(json["values"]?.object)
    #expect(values.keys.sorted() == expected.keys.sorted())
    for (name, value) in expected {
      #expect(abs(try #require(values[name]) - (value.double ?? .nan)) < 1e-6, "\(name)")
    }
  }

  @Test("tags that the model doesn't know count as errors")
  func unknown() throws {
    var counts = TagCounts(areEntities: false)
    counts.add(
      predicted: ["A", "B", "A", "A"], actual: ["A", "C", "B", "A"], classes: try ClassNames(["A", "B"]))
    #expect(counts.accuracy == 0.5 && counts.unknown == 1 && counts.entityValues.isEmpty)
    #expect(
      counts.lines { "\($0)" } == [
        "tag  count           precision  recall   f1", "A        2  0.6666666666666666     1.0  0.8",
        "B        1                 0.0     0.0  0.0", "C        1                 0.0     0.0  0.0",
      ])
  }
}
