// Gates as a table with a line for each step: the mean of each gate over its units.

import JSON
import Sequences
import Tensor
import TensorFile

/// A chunk of gates as a table: `row`, `step`, `token` if rows are tokens, and a column for each gate.
public struct GateTable {
  /// The names of the columns.
  public let names: [String]
  private let rows: [Int]
  private let steps: [Int]
  private let tokens: [String]
  private let hasTokens: Bool
  private let means: [[Double]]

  /// - Parameters:
  ///   - gates: the names of the columns of gates.
  ///   - firstRow: the number of the chunk's first row in the input.
  public init(_ chunk: Chunk, gates: [String], firstRow: Int) {
    let lengths = chunk.columns["step"]?.ragged?.lengths ?? []
    rows = lengths.enumerated().flatMap { repeatElement(firstRow + $0, count: Int($1)) }
    steps = chunk.columns["step"]?.ragged?.values.integers ?? []
    tokens = chunk.columns["tokens"]?.ragged.map { ListColumns.rows($0).flatMap(\.self) } ?? []
    means = gates.map { Self.means(chunk.columns[$0]?.ragged?.values) }
    hasTokens = chunk.columns["tokens"] != nil && tokens.count == steps.count
    names = ["row", "step"] + (hasTokens ? ["token"] : []) + gates
  }

  /// The number of lines.
  public var count: Int { steps.count }

  /// The cells of a line.
  func cells(_ line: Int) -> [JSONValue] {
    let place = [JSONValue.integer(Int64(rows[line])), .integer(Int64(steps[line]))]
    let token = hasTokens ? [JSONValue.string(tokens[line])] : []
    return place + token + means.map { .number($0[line]) }
  }

  /// The mean of each row of units.
  public static func means(_ values: Tensor?) -> [Double] {
    guard let values, values.rowWidth > 0 else { return [] }
    let (all, width) = (values.floats, values.rowWidth)
    return stride(from: 0, to: all.count, by: width).map { start in
      all[start..<start + width].reduce(0) { $0 + Double($1) } / Double(width)
    }
  }
}
