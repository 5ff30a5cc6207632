// Ragged columns.

import Tensor

/// Rows of different lengths: their concatenated values, and the length of each row.
public struct Ragged: Sendable, Equatable {
  /// The values of all rows, `[total, ...]`.
  public let values: Tensor
  /// The length of each row in the first dimension of the values, `[rows]`.
  public let lengths: [Int32]

  /// Traps if the lengths don't add up to the number of values (a programming error).
  public init(values: Tensor, lengths: [Int32]) {
    precondition(lengths.reduce(0) { $0 + Int($1) } == values.rows, "ragged lengths and values disagree")
    self.values = values
    self.lengths = lengths
  }

  /// The offset of each row in the values, followed by the end of the last row.
  public var offsets: [Int] {
    var offsets = [0]
    offsets.reserveCapacity(lengths.count + 1)
    for length in lengths { offsets.append(offsets[offsets.count - 1] + Int(length)) }
    return offsets
  }
}
