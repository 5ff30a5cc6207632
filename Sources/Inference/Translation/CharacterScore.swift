// chrF of a corpus (Popovic 2015) as sacrebleu computes it by default: chrF2, the F-score of sequences of one to six
// characters without spaces, in which recall counts twice as much as precision.

/// The counts from which chrF is computed, summed over sentences.
struct CharacterScore {
  private static let orders = 6
  private static let factor = 4.0
  private var matches = [Int](repeating: 0, count: orders)
  private var found = [Int](repeating: 0, count: orders)
  private var expected = [Int](repeating: 0, count: orders)

  /// Adds a sentence and its reference.
  mutating func add(_ hypothesis: String, reference: String) {
    let (own, known) = (Self.characters(hypothesis), Self.characters(reference))
    for order in 1...Self.orders {
      let (counts, references) = (Self.counts(own, order), Self.counts(known, order))
      expected[order - 1] += max(0, known.count - order + 1)
      // Like sacrebleu, which doesn't count what can't match.
      guard !references.isEmpty else { continue }
      found[order - 1] += max(0, own.count - order + 1)
      matches[order - 1] += counts.reduce(0) { $0 + min($1.value, references[$1.key] ?? 0) }
    }
  }

  private static func characters(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { !$0.properties.isWhitespace }.map { $0 }
  }

  private static func counts(_ text: [Unicode.Scalar], _ order: Int) -> [ArraySlice<Unicode.Scalar>: Int] {
    guard text.count >= order else { return [:] }
    var counts: [ArraySlice<Unicode.Scalar>: Int] = [:]
    for start in 0...text.count - order { counts[text[start..<start + order], default: 0] += 1 }
    return counts
  }

  /// The score, from 0 to 100: of the mean precision and the mean recall of the orders that occur on both sides.
  var score: Double {
    var (precision, recall, count) = (0.0, 0.0, 0.0)
    for order in 0..<Self.orders where found[order] > 0 && expected[order] > 0 {
      precision += Double(matches[order]) / Double(found[order])
      recall += Double(matches[order]) / Double(expected[order])
      count += 1
    }
    guard count > 0, precision + recall > 0 else { return 0 }
    (precision, recall) = (precision / count, recall / count)
    return 100 * (1 + Self.factor) * precision * recall / (Self.factor * precision + recall)
  }
}
