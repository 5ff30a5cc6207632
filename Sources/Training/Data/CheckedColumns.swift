// The columns of a chunk as networks read them, with every number checked: errors name the first invalid row.

import Failures
import Tensor
import TensorFile

/// The columns of one chunk of a stream.
public struct CheckedColumns {
  private let chunk: Chunk
  /// The index of the chunk's first row in the stream, for messages.
  private let firstRow: Int
  /// What to do about a non-finite number.
  private let remedy: String?

  /// - Parameters:
  ///   - firstRow: the index of the chunk's first row in the stream.
  ///   - remedy: what to do about a non-finite number.
  public init(_ chunk: Chunk, firstRow: Int, remedy: String? = nil) {
    self.chunk = chunk
    self.firstRow = firstRow
    self.remedy = remedy
  }

  /// A dense column; throws `Failure` (data) if it is missing from the chunk.
  public func tensor(_ name: String) throws -> Tensor {
    guard let tensor = chunk.columns[name]?.tensor else {
      throw Failure.data("the column \(name) is missing from a chunk")
    }
    return tensor
  }

  /// A column's numbers; throws `Failure` (data) if one is not finite.
  public func numbers(_ name: String) throws -> [Float] {
    let tensor = try tensor(name)
    let values = tensor.floats
    guard let index = values.firstIndex(where: { !$0.isFinite }) else { return values }
    throw Failure.data(
      "row \(firstRow + index / max(1, tensor.rowWidth)) contains \(values[index])", at: "column \(name)",
      remedy: remedy)
  }

  /// A column's token ids.
  ///
  /// - Parameters:
  ///   - vocabulary: the number of ids; nil if every id is valid.
  ///   - remedy: what to do about an invalid id.
  /// - Throws: `Failure` (data) if an id is negative or too large.
  public func tokens(_ name: String, below vocabulary: Int? = nil, remedy: String? = nil) throws -> [Int32] {
    let tensor = try tensor(name)
    let ids = tensor.integers ?? []
    let limit = min(vocabulary ?? .max, Int(Int32.max))
    if let index = ids.firstIndex(where: { $0 < 0 || $0 >= limit }) {
      let range = vocabulary.map { ", but the model's ids are 0 to \($0 - 1)" } ?? ""
      throw Failure.data(
        "row \(firstRow + index / max(1, tensor.rowWidth)) contains the token id \(ids[index])\(range)",
        at: "column \(name)", remedy: remedy)
    }
    return ids.map { Int32($0) }
  }

  /// The column with the weights of rows, unless another one is named.
  public static let usualWeights = "weight"

  /// The weight of each row in the loss; empty if there is no such column.
  /// - Parameter name: the column's name.
  /// - Throws: `Failure` (data) if a weight is not finite, or negative.
  public func weights(_ name: String = CheckedColumns.usualWeights) throws -> [Float] {
    guard let tensor = chunk.columns[name]?.tensor else { return [] }
    guard tensor.rowWidth == 1 else { throw Self.invalidWeightShape(name) }
    let values = try numbers(name)
    if let row = values.firstIndex(where: { $0 < 0 }) {
      throw Failure.data(
        "row \(firstRow + row) has the weight \(values[row])", at: "column \(name)",
        remedy: "weights must not be negative")
    }
    return values
  }

  /// The error for a column of weights that doesn't have one number per row.
  static func invalidWeightShape(_ name: String) -> Failure {
    Failure.data("must have one number per row", at: "column \(name)")
  }

  /// The part that each row belongs to; nil if the stream isn't split.
  /// - Throws: `Failure` (data) if a number is not that of a part.
  public func parts() throws -> [UInt8]? {
    guard let split = chunk.columns["split"]?.tensor?.values(as: UInt8.self) else { return nil }
    if let row = split.firstIndex(where: { $0 > 2 }) {
      throw Failure.data(
        "row \(firstRow + row) has the part \(split[row])", at: "column split",
        remedy: "use 0 for training, 1 for validation, 2 for test")
    }
    return split
  }
}
