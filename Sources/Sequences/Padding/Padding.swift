// Padding and truncation of sequences to one length, exactly as Keras's `pad_sequences` does it.

import Failures
import JSON
import Tensor
import TensorFile

/// How sequences are padded and truncated (`rnn.padding`).
public struct Padding: Sendable, Equatable {
  /// The end at which values are added or removed.
  public enum Side: String, Sendable, CaseIterable {
    /// At the beginning.
    case pre
    /// At the end.
    case post
  }

  /// The maximum size of a padded row in bytes.
  static let rowLimit = 1 << 27
  static let key = "rnn.padding"

  /// The length of every padded sequence.
  public let length: Int
  /// Where shorter sequences are padded.
  public let padding: Side
  /// Where longer sequences are truncated.
  public let truncating: Side
  /// The padding value.
  public let value: Double

  /// - Throws: `Failure(.usage)` if `length` is below 1 or a row would exceed 128 MiB.
  public init(
    length: Int, padding: Side = .pre, truncating: Side = .pre, value: Double = 0
  ) throws(Failure) {
    guard (1...Self.rowLimit).contains(length) else {
      throw Failure.usage("\(length) is not between 1 and \(Self.rowLimit)", at: "--length")
    }
    (self.length, self.padding, self.truncating, self.value) = (length, padding, truncating, value)
  }

  /// Reads the padding of a stream or a model; nil if it has none.
  /// - Parameter column: a column that is padded otherwise than the main one; nil for the main one.
  public init?(header: StreamHeader, column: String? = nil) throws {
    guard let object = try header.object(Self.key(column)) else { return nil }
    guard let length = object["length"]?.int, (1...Self.rowLimit).contains(length),
      let padding = object["padding"]?.string.flatMap(Side.init),
      let truncating = object["truncating"]?.string.flatMap(Side.init), let value = object["value"]?.double
    else { throw damagedMetadata(Self.key(column)) }
    try self.init(length: length, padding: padding, truncating: truncating, value: value)
  }

  static func key(_ column: String?) -> String { column.map { "\(key).\($0)" } ?? key }

  /// The same padding to another length; throws `Failure` (usage) if a row would be too large.
  public func with(length: Int) throws(Failure) -> Padding {
    try Padding(length: length, padding: padding, truncating: truncating, value: value)
  }

  /// Writes the padding into a header.
  /// - Parameter column: a column that is padded otherwise than the main one.
  public func write(into header: inout StreamHeader, column: String? = nil) {
    let object: [String: JSONValue] = [
      "length": .integer(Int64(length)), "padding": .string(padding.rawValue),
      "truncating": .string(truncating.rawValue),
      "value": Int64(exactly: value).map { .integer($0) } ?? .number(value),
    ]
    header.metadata[Self.key(column)] = JSONValue.object(object).text
  }
}

// MARK: - Padding rows

extension Padding {
  /// `rows` `[total, ...]` as a tensor `[rows, length, ...]` of the same type.
  /// - Parameter other: the padding value to use instead of `value`.
  /// - Throws: `Failure` if the column's type can't hold the value, or a row would be too large.
  public func pad(_ rows: Ragged, with other: Double? = nil) throws(Failure) -> Tensor {
    _ = try rowBytes(rows)
    switch rows.values.elements {
    case .u8(let values): return try dense(values, rows, with: UInt8(exactly: other ?? value))
    case .i32(let values): return try dense(values, rows, with: Int32(exactly: other ?? value))
    case .i64(let values): return try dense(values, rows, with: Int64(exactly: other ?? value))
    case .f32(let values): return try dense(values, rows, with: Float(other ?? value))
    case .f64(let values): return try dense(values, rows, with: other ?? value)
    }
  }

  /// The size of one padded row in bytes.
  func rowBytes(_ rows: Ragged) throws(Failure) -> Int {
    let element = rows.values.rowWidth * rows.values.type.byteCount
    guard element <= Self.rowLimit / length else {
      throw Failure.usage("a padded row would be larger than \(Self.rowLimit >> 20) MiB", at: "--length")
    }
    return element * length
  }

  private func dense<T: Element>(
    _ values: [T], _ rows: Ragged, with value: T?
  ) throws(Failure) -> Tensor {
    guard let value else {
      throw Failure.usage("the column's type \(T.elementType.rawValue) can't hold this value", at: "--value")
    }
    let width = rows.values.rowWidth
    var result: [T] = []
    result.reserveCapacity(rows.lengths.count * length * width)
    var offset = 0
    for count in rows.lengths.lazy.map(Int.init) {
      let kept = keptRange(offset, count)
      let missing = repeatElement(value, count: (length - kept.count) * width)
      if padding == .pre { result.append(contentsOf: missing) }
      result.append(contentsOf: values[kept.lowerBound * width..<kept.upperBound * width])
      if padding == .post { result.append(contentsOf: missing) }
      offset += count
    }
    return Tensor(result, shape: [rows.lengths.count, length] + rows.values.rowShape)
  }

  /// The values of a row that are kept.
  private func keptRange(_ offset: Int, _ count: Int) -> Range<Int> {
    let kept = min(count, length)
    return truncating == .pre ? offset + count - kept..<offset + count : offset..<offset + kept
  }
}
