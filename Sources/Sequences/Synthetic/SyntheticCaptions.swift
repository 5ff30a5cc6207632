// Synthetic captions: vectors as an encoder of pictures would give them, and the sentences that describe what is in them.

import RandomNumbers
import Tensor
import TensorFile

/// Pairs of a vector and its caption: `vector` [rows, 64] F32, `target` (ragged U8).
///
/// A scene has six properties: how many, how large, of which color, what, what it does, and where. Each value of a
/// property has a fixed direction, and a vector is the sum of six directions and a little noise, so that it determines the
/// caption: "two small red dogs run on the beach".
public struct SyntheticCaptions: SyntheticDataset {
  /// The number of values of a vector.
  public static let width = 64
  private static let noise = 0.1
  /// The seed of the directions, which are the same for all seeds of scenes.
  private static let directionsSeed: UInt64 = 64

  /// The total number of rows.
  public let rows: Int
  private var random: RandomStream
  /// The direction of each value of each property.
  private let directions: [[[Double]]]

  /// `rows` scenes.
  public init(rows: Int, seed: UInt64) {
    self.rows = rows
    random = RandomStream(seed: seed, stream: SyntheticStream.captions.rawValue)
    var fixed = RandomStream(seed: Self.directionsSeed, stream: SyntheticStream.captions.rawValue)
    directions = Self.counts.map { count in
      (0..<count).map { _ in (0..<Self.width).map { _ in fixed.normal() } }
    }
  }

  /// The header of the stream.
  public var header: StreamHeader { StreamHeader(kind: PairReader.kind) }

  /// The next `count` rows.
  public mutating func block(_ count: Int) -> Chunk {
    var (vectors, captions) = ([Float](), TextColumn())
    vectors.reserveCapacity(count * Self.width)
    for _ in 0..<count {
      let scene = Self.counts.map { random.index(below: $0) }
      vectors += vector(scene)
      captions.append(Array(Self.caption(scene).utf8))
    }
    return Chunk(
      ["vector": .dense(Tensor(vectors, shape: [count, Self.width])), "target": captions.column], rows: count)
  }

  private mutating func vector(_ scene: [Int]) -> [Float] {
    (0..<Self.width).map { index in
      let sum = scene.enumerated().reduce(0) { $0 + directions[$1.offset][$1.element][index] }
      return Float(sum + Self.noise * random.normal())
    }
  }

  private static func caption(_ scene: [Int]) -> String {
    let thing = things[scene[3]]
    let action = actions[scene[4]]
    let isOne = scene[0] == 0
    return [
      numbers[scene[0]], sizes[scene[1]], colors[scene[2]], isOne ? thing.one : thing.many,
      isOne ? action + "s" : action, places[scene[5]],
    ].joined(separator: " ")
  }

  private static var counts: [Int] {
    [numbers.count, sizes.count, colors.count, things.count, actions.count, places.count]
  }

  private static let numbers = ["one", "two", "three"]
  private static let sizes = ["small", "large"]
  private static let colors = ["red", "blue", "green", "black", "white", "yellow"]
  private static let things = [
    ("dog", "dogs"), ("cat", "cats"), ("horse", "horses"), ("bird", "birds"), ("sheep", "sheep"),
    ("mouse", "mice"), ("goose", "geese"), ("fox", "foxes"),
  ].map { (one: $0, many: $1) }
  private static let actions = ["run", "sleep", "play", "eat", "jump", "wait"]
  private static let places = [
    "in the park", "on the beach", "near a house", "by the river", "under a tree", "in the snow",
  ]
}
