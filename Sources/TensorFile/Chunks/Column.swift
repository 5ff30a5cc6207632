// The columns of chunks, and their schemas.

import Tensor

/// A column of a chunk.
public enum Column: Sendable, Equatable {
  /// A tensor `[rows, ...]`.
  case dense(Tensor)
  /// Rows of different lengths.
  case ragged(Ragged)

  /// The number of rows.
  public var rows: Int {
    switch self {
    case .dense(let tensor): tensor.rows
    case .ragged(let ragged): ragged.lengths.count
    }
  }

  /// The tensor of a dense column, nil for a ragged one.
  public var tensor: Tensor? { if case .dense(let tensor) = self { tensor } else { nil } }
  /// The rows of a ragged column, nil for a dense one.
  public var ragged: Ragged? { if case .ragged(let ragged) = self { ragged } else { nil } }

  /// The element type and the shape of a row (of an element, if ragged).
  public var schema: ColumnSchema {
    switch self {
    case .dense(let tensor): ColumnSchema(type: tensor.type, rowShape: tensor.rowShape, isRagged: false)
    case .ragged(let ragged):
      ColumnSchema(type: ragged.values.type, rowShape: ragged.values.rowShape, isRagged: true)
    }
  }
}

/// The schema of a column, which is the same in every chunk of a stream.
public struct ColumnSchema: Sendable, Equatable {
  /// The element type.
  public let type: ElementType
  /// The shape of a row; of an element of a row, if ragged.
  public let rowShape: [Int]
  /// Whether rows have different lengths.
  public let isRagged: Bool

  /// A column's schema.
  public init(type: ElementType, rowShape: [Int], isRagged: Bool) {
    self.type = type
    self.rowShape = rowShape
    self.isRagged = isRagged
  }
}

extension Column {
  /// The concatenated rows of all `parts`; nil if there are none or their schemas differ.
  public static func joined(_ parts: [Column]) -> Column? {
    switch parts.first {
    case nil: return nil
    case .dense:
      let tensors = parts.compactMap(\.tensor)
      return tensors.count == parts.count ? Tensor.joined(tensors).map(Column.dense) : nil
    case .ragged:
      let ragged = parts.compactMap(\.ragged)
      guard ragged.count == parts.count, let values = Tensor.joined(ragged.map(\.values)) else { return nil }
      return .ragged(Ragged(values: values, lengths: ragged.flatMap(\.lengths)))
    }
  }

  /// The rows at `indices`, in their order.
  public func gather(_ indices: [Int]) -> Column {
    switch self {
    case .dense(let tensor): return .dense(tensor.gather(indices))
    case .ragged(let ragged):
      let offsets = ragged.offsets
      let positions = indices.flatMap { offsets[$0]..<offsets[$0 + 1] }
      return .ragged(
        Ragged(values: ragged.values.gather(positions), lengths: indices.map { ragged.lengths[$0] }))
    }
  }

  /// The rows in `range`.
  public func slice(_ range: Range<Int>) -> Column {
    switch self {
    case .dense(let tensor): return .dense(tensor.slice(range))
    case .ragged(let ragged):
      let start = ragged.lengths[..<range.lowerBound].reduce(0) { $0 + Int($1) }
      let lengths = Array(ragged.lengths[range])
      let count = lengths.reduce(0) { $0 + Int($1) }
      return .ragged(Ragged(values: ragged.values.slice(start..<start + count), lengths: lengths))
    }
  }
}
