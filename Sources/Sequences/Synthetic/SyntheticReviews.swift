// Synthetic film reviews with labels, for trying text stages without real reviews. Positive and negative
// words decide the label, "not" negates the next one, and most words are neutral.

import RandomNumbers
import Tensor
import TensorFile

/// Reviews: `text` (ragged U8), `y` [rows] I32, 0 negative and 1 positive, with the class names in
/// `rnn.classes.values` and `rnn.classes.lengths`.
public struct SyntheticReviews: SyntheticDataset {
  /// The total number of reviews.
  public let rows: Int
  private var random: RandomStream

  /// `rows` reviews.
  public init(rows: Int, seed: UInt64) {
    self.rows = rows
    random = RandomStream(seed: seed, stream: SyntheticStream.text.rawValue)
  }

  /// The class names, in the order of their ids.
  public static let classes = ["negative", "positive"]

  /// The header of the stream.
  public var header: StreamHeader {
    let names = Self.classes.map { Array($0.utf8) }
    return StreamHeader(
      kind: "text",
      side: [
        "rnn.classes.values": Tensor(names.flatMap { $0 }),
        "rnn.classes.lengths": Tensor(names.map { Int32($0.count) }),
      ])
  }

  /// The next `count` reviews.
  public mutating func block(_ count: Int) -> Chunk {
    var bytes: [UInt8] = []
    var lengths: [Int32] = []
    var labels: [Int32] = []
    for _ in 0..<count {
      let (text, label) = review()
      bytes += text.utf8
      lengths.append(Int32(text.utf8.count))
      labels.append(label)
    }
    let texts = Ragged(values: Tensor(bytes), lengths: lengths)
    return Chunk(["text": .ragged(texts), "y": .dense(Tensor(labels))], rows: count)
  }

  /// A review of one to four sentences and its label.
  public mutating func review() -> (text: String, label: Int32) {
    let positive = random.index(below: 2) == 1
    let sentences = (0...random.index(below: 4)).map { _ in sentence(positive) }
    return (sentences.joined(separator: " "), positive ? 1 : 0)
  }

  private mutating func sentence(_ positive: Bool) -> String {
    let subject = "\(pick(Self.openings)) \(pick(Self.subjects))"
    let verdict = verdict(positive)
    let tail = random.index(below: 3) == 0 ? ", \(pick(Self.asides))" : ""
    return capitalized("\(subject) \(pick(Self.verbs)) \(verdict)\(tail).")
  }

  private mutating func verdict(_ positive: Bool) -> String {
    let isNegated = random.index(below: 6) == 0
    let word = pick(positive != isNegated ? Self.praise : Self.blame)
    return isNegated ? "not \(word)" : "\(pick(Self.degrees))\(word)"
  }

  private mutating func pick(_ words: [String]) -> String { words[random.index(below: words.count)] }

  private func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  private static let openings = ["the", "this", "their", "its", "all the", "most of the", "I found the"]
  private static let subjects = [
    "story", "acting", "music", "camera work", "dialogue", "ending", "cast", "pace", "script", "humour",
    "first half", "lead role", "direction", "scenery", "second act",
  ]
  private static let verbs = ["was", "seemed", "felt", "looked", "turned out"]
  private static let degrees = ["", "", "very ", "quite ", "simply ", "truly "]
  private static let praise = [
    "wonderful", "moving", "brilliant", "charming", "superb", "clever", "delightful", "gripping", "touching",
    "fresh", "great", "excellent",
  ]
  private static let blame = [
    "dull", "awful", "clumsy", "boring", "terrible", "stale", "shallow", "tedious", "poor", "lifeless",
    "annoying", "pointless",
  ]
  private static let asides = [
    "as one would expect", "from the first scene on", "and my friends agreed", "in spite of the reviews",
    "at least to me", "and that is all there is to say", "which came as a surprise",
  ]
}
