// Ragged columns.

import Tensor

/// Rows of different lengths: all their values one after another, and the length of each row.
public struct Ragged: Sendable, Equatable {
  /// The values of all rows, `[total, ...]`.
  public let values: Tensor
  /// How many of the values' first dimension each row has, `[rows]`.
  public let lengths: [Int32]

  /// Traps if the lengths don't add up to the values' rows: a programming error.
  public init(values: Tensor, lengths: [Int32]) {
    precondition(lengths.reduce(0) { $0 + Int($1) } == values.rows, "ragged lengths and values disagree")
    self.values = values
    self.lengths = lengths
  }

  /// Where each row begins in the values, and one more: where the last one ends.
  public var offsets: [Int] {
    var offsets = [0]
    offsets.reserveCapacity(lengths.count + 1)
    for length in lengths { offsets.append(offsets[offsets.count - 1] + Int(length)) }
    return offsets
  }
}
