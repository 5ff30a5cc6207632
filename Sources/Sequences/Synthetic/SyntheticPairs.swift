// Synthetic pairs of texts: what the data sets of pairs have in common. No source occurs twice.

import Tensor
import TensorFile

/// A data set of pairs.
public protocol SyntheticPairs: SyntheticDataset {
  /// A pair at random; it may have occurred before.
  mutating func draw() -> TextPair
  /// The keys of the pairs that have occurred.
  var seen: Set<String> { get set }
}

/// A text, what it is to become, and what tells it from other pairs.
public struct TextPair: Sendable {
  /// The text.
  public let source: String
  /// What it is to become.
  public let target: String
  /// Equal for sources that are the same but for their spelling.
  let key: String

  /// - Parameter key: equal for sources that are the same but for their spelling; nil for the source.
  init(_ source: String, _ target: String, key: String? = nil) {
    (self.source, self.target, self.key) = (source, target, key ?? source)
  }
}

extension SyntheticPairs {
  /// The header of the stream.
  public var header: StreamHeader { StreamHeader(kind: PairReader.kind) }

  /// The next pair.
  public mutating func pair() -> TextPair {
    while true {
      let pair = draw()
      if seen.insert(pair.key).inserted { return pair }
    }
  }

  /// The next `count` pairs.
  public mutating func block(_ count: Int) -> Chunk {
    var (source, target) = (TextColumn(), TextColumn())
    for _ in 0..<count {
      let pair = pair()
      source.append(Array(pair.source.utf8))
      target.append(Array(pair.target.utf8))
    }
    return Chunk(["source": source.column, "target": target.column], rows: count)
  }
}
