// Rows with a common prefix. Short texts are padded in front, so at first the rows of a batch read the same ids from
// the same state: until its first word, a row has the same state as every other row that has read only padding so
// far. So the padding is processed once for all rows of a shard, exactly.
//
// A shard's rows are sorted by the length of their padding, the shortest first. Row r becomes active when row r - 1
// stops reading padding, starting with row r - 1's state: so at each time the active rows come first, and the last of
// them processes the padding on behalf of all rows after it. In the backward pass, the gradient that row r has
// accumulated when it became active is added to row r - 1, whose state it was.

import Kernels

/// When the rows of a batch become active.
final class SharedPrefix {
  /// The id with which rows are padded.
  private static let padding: Int32 = 0

  /// The time at which each row becomes active.
  private let begins: IndexBuffer
  /// The row of the batch at each position.
  private let positions: IndexBuffer
  private let lengths: IndexBuffer

  init(rows: Int) {
    begins = IndexBuffer(rows)
    positions = IndexBuffer(rows)
    lengths = IndexBuffer(rows)
  }

  /// Sorts the rows of a shard: row i of the batch is row `order[first + i]` of row-major `source`.
  func arrange(_ source: [Int32], _ order: [Int], first: Int, steps: Int, _ shard: Shard) {
    for row in shard.firstRow..<shard.firstRow + shard.rows {
      let start = order[first + row] * steps
      var length = 0
      // The last step is never shared, so that each row ends in its own state.
      while length < steps - 1 && source[start + length] == Self.padding { length += 1 }
      insert(row, length, from: shard.firstRow)
    }
    begins[shard.firstRow] = 0
    for row in shard.firstRow + 1..<max(shard.firstRow + 1, shard.firstRow + shard.rows) {
      begins[row] = lengths[row - 1]
    }
  }

  /// Insertion sort, since a shard's rows are few; rows of equal length keep their order.
  private func insert(_ row: Int, _ length: Int, from first: Int) {
    var position = row
    while position > first && Int(lengths[position - 1]) > length {
      lengths[position] = lengths[position - 1]
      positions[position] = positions[position - 1]
      position -= 1
    }
    lengths[position] = Int32(length)
    positions[position] = Int32(row)
  }

  /// The row of the batch at `position`.
  func row(at position: Int) -> Int { Int(positions[position]) }

  /// How many rows of the shard are active at `time`, given how many were at an adjacent time.
  func active(_ shard: Shard, _ time: Int, near guess: Int) -> Int {
    var active = max(1, guess)
    while active < shard.rows && begins[shard.firstRow + active] <= time { active += 1 }
    while active > 1 && begins[shard.firstRow + active - 1] > time { active -= 1 }
    return active
  }
}
