// What rnn-pad reports: the number of rows, how many were truncated, and the fraction of padding.

import Failures
import JSON
import Sequences
import TensorFile

/// Counts of the rows that were written.
struct PadSummary {
  private let length: Int
  private(set) var rows = 0
  private var cut = 0
  private var kept = 0
  /// How many steps look like padding.
  private(set) var lookalikes = 0
  private let padding: Padding

  init(_ padding: Padding) { (self.padding, length) = (padding, padding.length) }

  mutating func add(_ chunk: Chunk) {
    rows += chunk.rows
    let main = chunk.columns["x"] ?? chunk.columns["source"] ?? chunk.columns["target"]
    guard let sequences = main?.ragged else { return }
    lookalikes += padding.countLookalikes(sequences)
    let lengths = sequences.lengths
    cut += lengths.count { Int($0) > length }
    kept += lengths.reduce(0) { $0 + min(Int($1), length) }
  }

  /// The fraction of steps that are padding.
  private var paddingFraction: Double { rows > 0 ? 1 - Double(kept) / Double(rows * length) : 0 }

  var json: JSONValue {
    .object([
      "rows": .integer(Int64(rows)), "length": .integer(Int64(length)), "cut": .integer(Int64(cut)),
      "padding": .number(paddingFraction),
    ])
  }

  var text: String {
    let permille = Int(paddingFraction * 1000 + 0.5)
    return
      "\(counted(rows, "row")) of \(counted(length, "step")); \(cut) truncated; \(permille / 10).\(permille % 10)% padding"
  }
}
