// Rows in a temporary file, for data that are larger than memory. Rows have a fixed size and are stored one after the other,
// each with its values for all inputs and targets, so that any row is one read, and shuffled batches read only their own.

import Failures
import OperatingSystem

/// The parts of a row: how many values each has.
struct RowLayout: Sendable {
  /// By what the targets were multiplied in scaling.
  let factors: Int
  /// The inputs' widths, those of one of their steps, and whether they are token ids.
  let inputs: [(width: Int, stepWidth: Int, isTokens: Bool)]
  let targets: [Int]
  /// 1 if rows have weights, else 0.
  let weights: Int

  /// The bytes of a row.
  var rowBytes: Int {
    8 * factors + 4 * (inputs.reduce(0) { $0 + $1.width } + targets.reduce(0, +) + weights)
  }
}

/// Rows that are not all in memory as they are used.
protocol RowStore: Sendable {
  var layout: RowLayout { get }
  /// Rows with these numbers, and their factors.
  /// - Throws: `Failure` (io) if they can't be read.
  func read(_ rows: [Int]) throws -> (data: DataSet, factors: [Double])
}

/// Rows in a temporary file.
final class RowFile: RowStore {
  let layout: RowLayout
  private let file: TemporaryFile

  /// - Throws: `Failure` (cantCreate) if there can be no file.
  init(_ layout: RowLayout) throws {
    self.layout = layout
    file = try TemporaryFile()
  }

  /// Appends rows.
  /// - Parameter factors: those of all rows.
  /// - Throws: `Failure` (io), for example if the disk is full.
  func append(_ data: DataSet, factors: [Double]) throws {
    var writer = RowWriter(rows: data.rows, rowBytes: layout.rowBytes)
    writer.add(factors, width: layout.factors)
    for (input, shape) in zip(data.inputs, layout.inputs) {
      switch input {
      case .tokens(let values): writer.add(values, width: shape.width)
      case .features(let values): writer.add(values, width: shape.width)
      }
    }
    for target in data.targets { writer.add(target.values, width: target.width) }
    writer.add(data.weights, width: layout.weights)
    try file.append(writer.bytes)
  }

  func read(_ rows: [Int]) throws -> (data: DataSet, factors: [Double]) {
    var reader = RowReader(bytes: try bytes(rows), rows: rows.count, rowBytes: layout.rowBytes)
    let factors: [Double] = reader.next(width: layout.factors)
    let inputs = layout.inputs.map { shape -> DataSet.Input in
      shape.isTokens ? .tokens(reader.next(width: shape.width)) : .features(reader.next(width: shape.width))
    }
    let targets = layout.targets.map { DataSet.Targets(reader.next(width: $0), width: $0) }
    let weights: [Float] = reader.next(width: layout.weights)
    return (DataSet(rows: rows.count, inputs: inputs, targets: targets, weights: weights), factors)
  }

  /// The bytes of rows; those that follow one another in the file are one read.
  private func bytes(_ rows: [Int]) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: rows.count * layout.rowBytes)
    var start = 0
    while start < rows.count {
      var end = start + 1
      while end < rows.count, rows[end] == rows[end - 1] + 1 { end += 1 }
      try file.read(
        at: rows[start] * layout.rowBytes, into: &bytes, start * layout.rowBytes..<end * layout.rowBytes)
      start = end
    }
    return bytes
  }
}

/// Arranges columns of values as rows of bytes.
private struct RowWriter {
  private(set) var bytes: [UInt8]
  private let rows: Int
  private let rowBytes: Int
  private var offset = 0

  init(rows: Int, rowBytes: Int) {
    (self.rows, self.rowBytes) = (rows, rowBytes)
    bytes = [UInt8](repeating: 0, count: rows * rowBytes)
  }

  /// Adds a column's values, `width` for each row.
  mutating func add<T: BitwiseCopyable>(_ values: [T], width: Int) {
    precondition(values.count == rows * width, "a column has other rows")
    let size = width * MemoryLayout<T>.stride
    guard size > 0 else { return }
    bytes.withUnsafeMutableBytes { target in
      values.withUnsafeBytes { source in
        for row in 0..<rows {
          let place = row * rowBytes + offset
          UnsafeMutableRawBufferPointer(rebasing: target[place..<place + size])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[row * size..<(row + 1) * size]))
        }
      }
    }
    offset += size
  }
}

/// Reads columns of values from rows of bytes, in the order in which they were added.
private struct RowReader {
  let bytes: [UInt8]
  let rows: Int
  let rowBytes: Int
  private var offset = 0

  init(bytes: [UInt8], rows: Int, rowBytes: Int) {
    (self.bytes, self.rows, self.rowBytes) = (bytes, rows, rowBytes)
  }

  /// The values of the next column.
  mutating func next<T: BitwiseCopyable>(width: Int) -> [T] {
    let size = width * MemoryLayout<T>.stride
    let start = offset
    offset += size
    guard size > 0 else { return [] }
    return [T](unsafeUninitializedCapacity: rows * width) { values, count in
      let target = UnsafeMutableRawBufferPointer(values)
      bytes.withUnsafeBytes { source in
        for row in 0..<rows {
          let place = row * rowBytes + start
          UnsafeMutableRawBufferPointer(rebasing: target[row * size..<(row + 1) * size])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[place..<place + size]))
        }
      }
      count = rows * width
    }
  }
}
