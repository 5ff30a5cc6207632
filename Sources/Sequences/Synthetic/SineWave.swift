// A noisy sine wave.

import Glibc
import RandomNumbers
import Tensor
import TensorFile

/// A sine wave with noise: x[t] = sin(step * t) + noise * N(0, 1), a series of one column `value`.
public struct SineWave: SyntheticDataset {
  /// The total number of rows.
  public let rows: Int
  private let step: Double
  private let noise: Double
  private var random: RandomStream
  private var time = 0

  /// - Parameters:
  ///   - step: radians from one row to the next.
  ///   - noise: the standard deviation of the noise.
  public init(rows: Int, step: Double = 0.1, noise: Double = 0.1, seed: UInt64) {
    (self.rows, self.step, self.noise) = (rows, step, noise)
    random = RandomStream(seed: seed, stream: SyntheticStream.sine.rawValue)
  }

  /// The header of the stream.
  public var header: StreamHeader {
    var header = StreamHeader(kind: "series")
    SeriesSchema(columns: ["value"]).write(into: &header)
    return header
  }

  /// The next `count` rows.
  public mutating func block(_ count: Int) -> Chunk {
    var values: [Double] = []
    for _ in 0..<count {
      values.append(sin(step * Double(time)) + noise * random.normal())
      time += 1
    }
    return Chunk(["x": Tensor(values, shape: [count, 1])])
  }
}
