// What rnn-pad reports: rows, and how many were padded and cut.

import JSON
import Sequences
import TensorFile

/// Counts of what was written.
struct PadSummary {
  private let length: Int
  private(set) var rows = 0
  private var cut = 0
  private var kept = 0

  init(_ padding: Padding) { length = padding.length }

  mutating func add(_ chunk: Chunk) {
    rows += chunk.rows
    guard let lengths = chunk.columns["x"]?.ragged?.lengths else { return }
    cut += lengths.count { Int($0) > length }
    kept += lengths.reduce(0) { $0 + min(Int($1), length) }
  }

  /// The share of steps that are padding.
  private var share: Double { rows > 0 ? 1 - Double(kept) / Double(rows * length) : 0 }

  var json: JSONValue {
    .object([
      "rows": .integer(Int64(rows)), "length": .integer(Int64(length)), "cut": .integer(Int64(cut)),
      "padding": .number(share),
    ])
  }

  var text: String {
    let permille = Int(share * 1000 + 0.5)
    return "\(rows) rows of \(length) steps; \(cut) cut; \(permille / 10).\(permille % 10)% padding"
  }
}
