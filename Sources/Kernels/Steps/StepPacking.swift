// Weights packed in the order in which a step reads them (StepSums.swift).

import CPUTarget

/// How the columns of a layer's matrices are divided into vectors: of each 16 units, a vector for each gate.
struct StepColumns {
  let units: Int
  let gates: Int
  /// The gates whose weights and biases are halved, since s(x) = (1 + tanh(x / 2)) / 2.
  var halved: Set<Int> = []

  /// Groups of 16 units.
  var groups: Int { paddedWidth(units) / 16 }
  /// Vectors.
  var count: Int { groups * gates }

  /// The tiles' first vectors and their numbers of vectors.
  var tiles: [(first: Int, count: Int)] {
    var (result, first) = ([(first: Int, count: Int)](), 0)
    while first < count {
      let size = tileSize(count - first)
      result.append((first, size))
      first += size
    }
    return result
  }

  /// The vectors of the next tile, if `rest` are left: two groups of an LSTM or a GRU, else one; of a layer without gates
  /// eight, four or one.
  private func tileSize(_ rest: Int) -> Int {
    if gates > 1 { return rest >= 2 * gates ? 2 * gates : gates }
    return rest >= 8 ? 8 : rest >= 4 ? 4 : 1
  }

  /// The column of a matrix `[depth, gates * units]` in a lane of a vector; nil in the padding.
  func column(_ vector: Int, _ lane: Int) -> Int? {
    let unit = vector / gates * 16 + lane
    return unit < units ? vector % gates * units + unit : nil
  }

  /// What a vector's weights are multiplied by.
  func factor(_ vector: Int) -> Float { halved.contains(vector % gates) ? 0.5 : 1 }
}

/// The memory that a chain owns.
final class StepMemory {
  private var owned: [AnyObject] = []

  /// `count` zeros, as whole vectors.
  func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    let buffer = FloatBuffer(paddedWidth(count))
    owned.append(buffer)
    return buffer.base
  }

  func numbers<Number: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ count: Int, _: Number.Type
  ) -> UnsafeMutablePointer<Number> {
    let buffer = Buffer<Number>(count: paddedWidth(count), zero: 0)
    owned.append(buffer)
    return buffer.base
  }

  /// A row of `width` numbers, and of their levels.
  func vector(_ width: Int) -> StepVector {
    StepVector(
      floats: floats(width), upper: numbers(width, UInt8.self), lower: numbers(width, UInt8.self))
  }

  /// Values for each column, as vectors.
  func columns(_ columns: StepColumns, _ value: (Int) -> Float) -> UnsafePointer<Float> {
    let target = floats(columns.count * 16)
    for vector in 0..<columns.count {
      for lane in 0..<16 {
        target[vector * 16 + lane] =
          columns.column(vector, lane).map { value($0) * columns.factor(vector) } ?? 0
      }
    }
    return UnsafePointer(target)
  }

  /// A matrix for the products with a row.
  /// - Parameter levels: the levels of 1 in which the row is given; 0 for floats.
  func pack(_ matrix: StepMatrix, _ columns: StepColumns, levels: Float) -> StepWeights {
    if levels > 0, let bytes = matrix.bytes { return pack(matrix, bytes, columns, levels: levels) }
    let target = floats(columns.count * 16 * matrix.depth)
    for tile in columns.tiles {
      for row in 0..<matrix.depth {
        for t in 0..<tile.count {
          let vector = target + tile.first * 16 * matrix.depth + (row * tile.count + t) * 16
          for lane in 0..<16 {
            guard let column = columns.column(tile.first + t, lane) else { continue }
            vector[lane] =
              matrix.values[row * matrix.columns + column] * columns.factor(tile.first + t)
          }
        }
      }
    }
    return .floats(UnsafePointer(target), depth: matrix.depth)
  }

  private func pack(
    _ matrix: StepMatrix, _ bytes: (values: [Int8], factors: [Float]), _ columns: StepColumns,
    levels: Float
  ) -> StepWeights {
    let fours = (matrix.depth + 3) / 4
    let target = numbers(columns.count * 64 * fours, Int8.self)
    let starts = numbers(columns.count * 16, Int32.self)
    for tile in columns.tiles {
      for row in 0..<matrix.depth {
        for t in 0..<tile.count {
          let vector = target + tile.first * 64 * fours + (row / 4 * tile.count + t) * 64
          for lane in 0..<16 {
            guard let column = columns.column(tile.first + t, lane) else { continue }
            let value = bytes.values[row * matrix.columns + column]
            vector[lane * 4 + row % 4] = value
            starts[(tile.first + t) * 16 + lane] &-= 32768 * Int32(value)
          }
        }
      }
    }
    return .bytes(
      StepBytes(
        depth: fours, values: UnsafePointer(target), starts: UnsafePointer(starts),
        factors: self.columns(columns) { bytes.factors[$0] / levels }))
  }
}
