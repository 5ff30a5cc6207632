// Synthetic gestures: movements of a hand as three coordinates, of different kinds, lengths and speeds, with noise.
// A gesture begins and ends at rest, is made in either direction, in a plane that is tilted a little, and not at a
// constant speed; so neither its length nor a single step shows its kind.

import Glibc
import RandomNumbers
import Tensor
import TensorFile

/// Gestures: `x` ragged F64 [steps, 3], `y` [rows] I32 with class names, `id` the number of the gesture from 1.
public struct Gestures: SyntheticDataset {
  /// The kinds of gestures, in the order of their ids.
  public static let classes = ["circle", "eight", "push", "shake", "swipe"]
  /// The axes: right, up, and away from the body.
  public static let axes = ["x", "y", "z"]

  /// The total number of gestures.
  public let rows: Int
  private let noise: Double
  private var random: RandomStream
  private var number = 0

  /// - Parameter noise: the standard deviation of the noise; a gesture's size is about 1.
  public init(rows: Int, noise: Double = 0.1, seed: UInt64) {
    (self.rows, self.noise) = (rows, noise)
    random = RandomStream(seed: seed, stream: SyntheticStream.gestures.rawValue)
  }

  /// The header of the stream.
  public var header: StreamHeader {
    var header = StreamHeader(kind: "sequences")
    SequenceForm(.csv, columns: Self.axes, sequence: "id", label: "gesture").write(into: &header)
    let names = Self.classes.map { Array($0.utf8) }
    header.setSideNames("rnn.classes", values: names.flatMap { $0 }, lengths: names.map { Int32($0.count) })
    return header
  }

  /// The next `count` gestures.
  public mutating func block(_ count: Int) -> Chunk {
    var (values, ids) = ([Double](), [UInt8]())
    var (lengths, labels, idLengths) = ([Int32](), [Int32](), [Int32]())
    for _ in 0..<count {
      number += 1
      let kind = random.index(below: Self.classes.count)
      let steps = gesture(kind)
      values += steps.flatMap { [$0.x, $0.y, $0.z] }
      lengths.append(Int32(steps.count))
      labels.append(Int32(kind))
      let id = Array(String(number).utf8)
      ids += id
      idLengths.append(Int32(id.count))
    }
    let x = Tensor(values, shape: [values.count / 3, 3])
    return Chunk(
      [
        "x": .ragged(Ragged(values: x, lengths: lengths)), "y": .dense(Tensor(labels)),
        "id": .ragged(Ragged(values: Tensor(ids), lengths: idLengths)),
      ], rows: count)
  }

  /// The positions of a gesture of the kind, step by step.
  private mutating func gesture(_ kind: Int) -> [SIMD3<Double>] {
    let (before, steps, after) = (
      random.index(below: 8), 20 + random.index(below: 41), random.index(below: 8)
    )
    let size = 0.7 + 0.6 * random.uniform()
    let direction: Double = random.index(below: 2) == 0 ? 1 : -1
    let haste = 0.8 * (random.uniform() - 0.5)
    let tilt = Rotation(angles: (0..<3).map { _ in 0.25 * random.normal() })
    var positions: [SIMD3<Double>] = []
    for step in 0..<before + steps + after {
      let part = min(max(Double(step - before) / Double(steps - 1), 0), 1)
      // The hand is faster in one half than in the other.
      let time = part + haste * sin(2 * .pi * part) / (2 * .pi)
      let position = tilt.applied(to: Self.path(kind, time, direction)) * size
      positions.append(position + noise * SIMD3(random.normal(), random.normal(), random.normal()))
    }
    return positions
  }

  /// The position on a gesture's path at a time from 0 to 1; all paths begin and end at the origin.
  private static func path(_ kind: Int, _ time: Double, _ direction: Double) -> SIMD3<Double> {
    let angle = 2 * .pi * time
    return switch classes[kind] {
    case "circle": SIMD3(direction * sin(angle), 1 - cos(angle), 0)
    case "eight": SIMD3(direction * sin(angle), sin(2 * angle), 0)
    case "push": SIMD3(0, 0, 1.5 * sin(angle / 2))
    case "shake": SIMD3(direction * sin(3 * angle), 0, 0)
    default: SIMD3(direction * 1.5 * sin(angle / 2), 0, 0)
    }
  }
}

/// A rotation around the three axes, one after the other.
private struct Rotation {
  private let sines: [Double]
  private let cosines: [Double]

  init(angles: [Double]) { (sines, cosines) = (angles.map { sin($0) }, angles.map { cos($0) }) }

  func applied(to p: SIMD3<Double>) -> SIMD3<Double> {
    var q = SIMD3(p.x, cosines[0] * p.y - sines[0] * p.z, sines[0] * p.y + cosines[0] * p.z)
    q = SIMD3(cosines[1] * q.x + sines[1] * q.z, q.y, cosines[1] * q.z - sines[1] * q.x)
    return SIMD3(cosines[2] * q.x - sines[2] * q.y, sines[2] * q.x + cosines[2] * q.y, q.z)
  }
}
