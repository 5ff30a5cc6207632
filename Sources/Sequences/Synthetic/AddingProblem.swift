// The adding problem, a test of long memory.

import RandomNumbers
import Tensor
import TensorFile

/// The adding problem (Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997): a sequence of numbers in
/// [0, 1), each with a marker; two markers are 1, one in each half, and the target is the sum of the two
/// marked numbers. Range and target are those of Le, Jaitly and Hinton ("A Simple Way to Initialize Recurrent
/// Networks of Rectified Linear Units", 2015); the original has numbers in [-1, 1], a scaled target, and the
/// first marker among the first ten steps. `x` [rows, length, 2] F32, `y` [rows, 1] F32. Always predicting 1
/// has a mean squared error of 1/6.
public struct AddingProblem: SyntheticDataset {
  /// The total number of rows.
  public let rows: Int
  private let length: Int
  private var random: RandomStream

  /// - Parameter length: steps of a sequence, at least 2.
  public init(rows: Int, length: Int = 50, seed: UInt64) {
    (self.rows, self.length) = (rows, length)
    random = RandomStream(seed: seed, stream: SyntheticStream.adding.rawValue)
  }

  /// The header of the stream.
  public var header: StreamHeader { StreamHeader(kind: "sequences") }

  /// The next `count` rows.
  public mutating func block(_ count: Int) -> Chunk {
    var x: [Float] = []
    var y: [Float] = []
    for _ in 0..<count {
      let first = random.index(below: length / 2)
      let second = length / 2 + random.index(below: length - length / 2)
      let values = (0..<length).map { _ in Float(random.next() >> 40) * 0x1p-24 }
      for (step, value) in values.enumerated() { x += [value, step == first || step == second ? 1 : 0] }
      y.append(values[first] + values[second])
    }
    return Chunk(["x": Tensor(x, shape: [count, length, 2]), "y": Tensor(y, shape: [count, 1])])
  }
}
