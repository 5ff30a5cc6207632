// The labels of a text's rows as the column `y`, once they are known.

import Tensor
import TensorFile

/// How provisional labels become `y`.
public struct RowLabels: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// Rows have no labels.
    case none
    /// One class per row; the id of each provisional id, or nil if they are the same.
    case classes(map: [Int32]?)
    /// Any number of classes per row.
    case several(map: [Int32])
    /// One number per row.
    case numbers([Float])
  }

  let kind: Kind
  /// The classes; nil if there are none.
  public let classes: ClassNames?

  init(kind: Kind, classes: ClassNames?) { (self.kind, self.classes) = (kind, classes) }

  /// Whether labels are numbers rather than classes.
  public var areNumbers: Bool { if case .numbers = kind { true } else { false } }

  /// The chunk with its final `y`: ids, I32 `[rows]`; for several labels per row, ones and zeros, F32 `[rows, classes]`;
  /// or numbers, F32 `[rows]`.
  public func apply(to chunk: Chunk) -> Chunk {
    guard let column = chunk.columns["y"] else { return chunk }
    var columns = chunk.columns
    columns["y"] = resolved(column)
    return Chunk(columns, rows: chunk.rows)
  }

  /// The maximum number of values of `y` in a chunk, unless one row has more.
  private static let mostValues = 1 << 22

  /// Calls `body` with the rows of a chunk and their final `y`, a few at a time where each row has a value for every one
  /// of many classes.
  public func apply(to chunk: Chunk, _ body: (Chunk) throws -> Void) throws {
    let width = if case .several = kind { max(1, classes?.count ?? 1) } else { 1 }
    let atOnce = max(1, Self.mostValues / width)
    guard chunk.rows > atOnce else { return try body(apply(to: chunk)) }
    for start in stride(from: 0, to: chunk.rows, by: atOnce) {
      try body(apply(to: chunk.slice(start..<min(start + atOnce, chunk.rows))))
    }
  }

  private func resolved(_ column: Column) -> Column {
    let ragged = column.ragged
    let values = (ragged?.values ?? column.tensor)?.values(as: Int32.self) ?? []
    switch kind {
    case .none, .classes(nil): return ragged == nil ? column : .dense(Tensor(values))
    case .classes(.some(let map)): return .dense(Tensor(values.map { map[Int($0)] }))
    case .numbers(let numbers): return .dense(Tensor(values.map { numbers[Int($0)] }))
    case .several(let map):
      let lengths = ragged?.lengths ?? [Int32](repeating: 1, count: values.count)
      return .dense(several(values, lengths, map))
    }
  }

  private func several(_ values: [Int32], _ lengths: [Int32], _ map: [Int32]) -> Tensor {
    let width = max(1, classes?.count ?? map.count)
    var rows = [Float](repeating: 0, count: lengths.count * width)
    var next = 0
    for (row, length) in lengths.enumerated() {
      for _ in 0..<length {
        rows[row * width + Int(map[Int(values[next])])] = 1
        next += 1
      }
    }
    return Tensor(rows, shape: [lengths.count, width])
  }
}
