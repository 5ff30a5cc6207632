// Sequences classified by their mean.

import RandomNumbers
import Tensor
import TensorFile

/// Sequences labeled by whether their mean is above one half: `x` [rows, length, 1] F32 uniform in [0, 1),
/// `y` [rows] I32.
public struct SequenceMeans: SyntheticDataset {
  /// The total number of rows.
  public let rows: Int
  private let length: Int
  private var random: RandomStream

  /// `rows` sequences of `length` steps.
  public init(rows: Int, length: Int = 20, seed: UInt64) {
    (self.rows, self.length) = (rows, length)
    random = RandomStream(seed: seed, stream: SyntheticStream.means.rawValue)
  }

  /// The header of the stream.
  public var header: StreamHeader { StreamHeader(kind: "sequences") }

  /// The next `count` rows.
  public mutating func block(_ count: Int) -> Chunk {
    var x: [Float] = []
    var y: [Int32] = []
    for _ in 0..<count {
      let row = (0..<length).map { _ in Float(random.next() >> 40) * 0x1p-24 }
      // The label is computed from the stored numbers, in double precision.
      y.append(row.reduce(0) { $0 + Double($1) } > 0.5 * Double(length) ? 1 : 0)
      x += row
    }
    return Chunk(["x": Tensor(x, shape: [count, length, 1]), "y": Tensor(y)])
  }
}
