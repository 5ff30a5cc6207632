// Data made to measure: series and sequences whose truth is known, for trying models and testing stages.
// Row n is the same whatever the number of rows asked for, and on every machine.

import Glibc
import RandomNumbers
import Tensor
import TensorFile

/// A data set that is made up block by block.
public protocol SyntheticSet {
  /// What the stream says of itself.
  var header: StreamHeader { get }
  /// How many rows there will be.
  var rows: Int { get }
  /// The next `count` rows.
  mutating func block(_ count: Int) -> Chunk
}

/// A sine wave with noise: x[t] = sin(step * t) + noise * N(0, 1), a series of one column `value`.
public struct SineWave: SyntheticSet {
  /// How many rows there will be.
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

  /// What the stream says of itself.
  public var header: StreamHeader {
    var header = StreamHeader(kind: "series")
    SeriesFacts(columns: ["value"]).write(into: &header)
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

/// Is the mean of a sequence above one half? `x` [rows, length, 1] F32 uniform in [0, 1), `y` [rows] I32.
public struct SequenceMeans: SyntheticSet {
  /// How many rows there will be.
  public let rows: Int
  private let length: Int
  private var random: RandomStream

  /// `rows` sequences of `length` steps.
  public init(rows: Int, length: Int = 20, seed: UInt64) {
    (self.rows, self.length) = (rows, length)
    random = RandomStream(seed: seed, stream: SyntheticStream.means.rawValue)
  }

  /// What the stream says of itself.
  public var header: StreamHeader { StreamHeader(kind: "sequences") }

  /// The next `count` rows.
  public mutating func block(_ count: Int) -> Chunk {
    var x: [Float] = []
    var y: [Int32] = []
    for _ in 0..<count {
      let row = (0..<length).map { _ in Float(random.next() >> 40) * 0x1p-24 }
      // Judged on the numbers as they are stored, in double precision.
      y.append(row.reduce(0) { $0 + Double($1) } > 0.5 * Double(length) ? 1 : 0)
      x += row
    }
    return Chunk(["x": Tensor(x, shape: [count, length, 1]), "y": Tensor(y)])
  }
}

/// The adding problem (Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997): a sequence of numbers in
/// [0, 1) beside marks, two of which are 1, one in each half; the sum of the two marked numbers is asked for.
/// Range and target are those of Le, Jaitly and Hinton ("A Simple Way to Initialize Recurrent Networks of
/// Rectified Linear Units", 2015): the original has numbers in [-1, 1], a scaled target, and its first mark
/// among the first ten steps.
/// `x` [rows, length, 2] F32, `y` [rows, 1] F32. Always answering 1 has a mean squared error of 1/6.
public struct AddingProblem: SyntheticSet {
  /// How many rows there will be.
  public let rows: Int
  private let length: Int
  private var random: RandomStream

  /// - Parameter length: steps of a sequence, at least 2.
  public init(rows: Int, length: Int = 50, seed: UInt64) {
    (self.rows, self.length) = (rows, length)
    random = RandomStream(seed: seed, stream: SyntheticStream.adding.rawValue)
  }

  /// What the stream says of itself.
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

/// A test of memory: symbols at random, and at the end the first one is asked for, as in the latch problem of
/// Bengio, Simard and Frasconi ("Learning Long-Term Dependencies with Gradient Descent is Difficult", 1994),
/// with symbols in the place of real numbers. A guess is right with probability 1 / symbols. `x`
/// [rows, length, symbols] F32, one 1 a step; `y` [rows] I32, the first step's symbol.
public struct RecallTask: SyntheticSet {
  /// How many rows there will be.
  public let rows: Int
  private let length: Int
  private let symbols: Int
  private var random: RandomStream

  /// `rows` sequences of `length` steps, each one of `symbols` symbols.
  public init(rows: Int, length: Int = 20, symbols: Int = 8, seed: UInt64) {
    (self.rows, self.length, self.symbols) = (rows, length, symbols)
    random = RandomStream(seed: seed, stream: SyntheticStream.recall.rawValue)
  }

  /// What the stream says of itself.
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

/// The random streams of the synthetic sets, apart from those of other purposes ("syn" and a number).
enum SyntheticStream: UInt64 {
  case sine = 0x7379_6E00
  case means = 0x7379_6E01
  case adding = 0x7379_6E02
  case recall = 0x7379_6E03
  case text = 0x7379_6E04
}
