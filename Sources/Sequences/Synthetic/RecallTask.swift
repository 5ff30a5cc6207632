// Sequences of symbols of which the first one has to be recalled.

import RandomNumbers
import Tensor
import TensorFile

/// A test of memory: the first of a sequence of random symbols has to be recalled at the end, as in the latch
/// problem of Bengio, Simard and Frasconi ("Learning Long-Term Dependencies with Gradient Descent is
/// Difficult", 1994), but with symbols instead of real numbers. A guess is right with probability 1 /
/// symbols. `x` [rows, length, symbols] F32, one-hot; `y` [rows] I32, the symbol of the first step.
public struct RecallTask: SyntheticDataset {
  /// The total number of rows.
  public let rows: Int
  private let length: Int
  private let symbols: Int
  private var random: RandomStream

  /// `rows` sequences of `length` steps, each one of `symbols` symbols.
  public init(rows: Int, length: Int = 20, symbols: Int = 8, seed: UInt64) {
    (self.rows, self.length, self.symbols) = (rows, length, symbols)
    random = RandomStream(seed: seed, stream: SyntheticStream.recall.rawValue)
  }

  /// The header of the stream.
  public var header: StreamHeader { StreamHeader(kind: "sequences") }

  /// The next `count` rows.
  public mutating func block(_ count: Int) -> Chunk {
    var x = [Float](repeating: 0, count: count * length * symbols)
    var y: [Int32] = []
    for row in 0..<count {
      for step in 0..<length {
        let symbol = random.index(below: symbols)
        x[(row * length + step) * symbols + symbol] = 1
        if step == 0 { y.append(Int32(symbol)) }
      }
    }
    return Chunk(["x": Tensor(x, shape: [count, length, symbols]), "y": Tensor(y)])
  }
}
