// The columns of a chunk as networks take them, every number checked: an error names the first row that can't be used.

import Failures
import Tensor
import TensorFile

/// Columns of one chunk of a stream.
public struct CheckedColumns {
  private let chunk: Chunk
  /// The number of the chunk's first row in the stream, for messages.
  private let firstRow: Int
  /// What to do about a number that is not finite.
  private let remedy: String?

  /// - Parameters:
  ///   - firstRow: the number of the chunk's first row in the stream.
  ///   - remedy: what to do about a number that is not finite.
  public init(_ chunk: Chunk, firstRow: Int, remedy: String? = nil) {
    self.chunk = chunk
    self.firstRow = firstRow
    self.remedy = remedy
  }

  /// A dense column; throws `Failure` (data) where the chunk lacks it.
  public func tensor(_ name: String) throws -> Tensor {
    guard let tensor = chunk.columns[name]?.tensor else {
      throw Failure.data("a chunk lacks the column \(name)")
    }
    return tensor
  }

  /// A column's numbers; throws `Failure` (data) where one is not finite.
  public func numbers(_ name: String) throws -> [Float] {
    let tensor = try tensor(name)
    let values = tensor.floats
    guard let place = values.firstIndex(where: { !$0.isFinite }) else { return values }
    throw Failure.data(
      "row \(firstRow + place / max(1, tensor.rowWidth)) has \(values[place])", at: "column \(name)",
      remedy: remedy)
  }

  /// A column's token ids.
  ///
  /// - Parameters:
  ///   - vocabulary: how many ids there are; nil where any will do.
  ///   - remedy: what to do about an id that there isn't.
  /// - Throws: `Failure` (data) where one is negative or too large.
  public func tokens(_ name: String, below vocabulary: Int? = nil, remedy: String? = nil) throws -> [Int32] {
    let tensor = try tensor(name)
    let ids = tensor.integers ?? []
    let limit = min(vocabulary ?? .max, Int(Int32.max))
    if let place = ids.firstIndex(where: { $0 < 0 || $0 >= limit }) {
      let known = vocabulary.map { ", the model knows \($0)" } ?? ""
      throw Failure.data(
        "row \(firstRow + place / max(1, tensor.rowWidth)) has the token id \(ids[place])\(known)",
        at: "column \(name)", remedy: remedy)
    }
    return ids.map { Int32($0) }
  }

  /// What each row counts in the loss; empty where there is no column `weight`.
  /// - Throws: `Failure` (data) where a weight is no number, or negative.
  public func weights() throws -> [Float] {
    guard let tensor = chunk.columns["weight"]?.tensor else { return [] }
    guard tensor.rowWidth == 1 else { throw Self.wrongWeights }
    let values = try numbers("weight")
    if let row = values.firstIndex(where: { $0 < 0 }) {
      throw Failure.data(
        "row \(firstRow + row) counts \(values[row])", at: "column weight", remedy: "0 or more")
    }
    return values
  }

  /// The error for weights that are not one number a row.
  public static let wrongWeights = Failure.data("must have one number per row", at: "column weight")

  /// The part that each row belongs to; nil where the stream isn't split.
  /// - Throws: `Failure` (data) where a row belongs to none.
  public func parts() throws -> [UInt8]? {
    guard let split = chunk.columns["split"]?.tensor?.values(as: UInt8.self) else { return nil }
    if let row = split.firstIndex(where: { $0 > 2 }) {
      throw Failure.data(
        "row \(firstRow + row) is \(split[row])", at: "column split", remedy: "0 train, 1 validation, 2 test")
    }
    return split
  }
}
