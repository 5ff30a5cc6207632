// Gates as columns of a stream: for each row a list of tokens, the numbers of their steps, and the values of each gate's
// units.

import Networks
import Sequences
import Tensor
import TensorFile

/// The gates of rows, without padding and masked steps.
struct GateRows {
  /// A value that is no number.
  struct Invalid {
    let row: Int
    let name: String
  }

  private let tokens: [Int32]?
  private let padding: Int32
  private var lengths: [Int32] = []
  private var steps: [Int32] = []
  private var ids: [[Int32]] = []
  private var names: [String] = []
  private var widths: [String: Int] = [:]
  private var values: [String: [Float]] = [:]
  /// The first value that is no number.
  private(set) var invalid: Invalid?

  /// - Parameters:
  ///   - tokens: the token ids of all rows, row by row; nil if rows are numbers.
  ///   - padding: the id of padding.
  init(tokens: [Int32]?, padding: Int32) { (self.tokens, self.padding) = (tokens, padding) }

  /// Appends the gates of some rows, whose numbers in the chunk are `rows`.
  mutating func append(_ gates: [GateValues], _ mask: [Bool]?, rows: Range<Int>) {
    guard let first = gates.first, first.width > 0, !rows.isEmpty else { return }
    let length = first.values.count / first.width / rows.count
    names = gates.map(\.name)
    for gate in gates { widths[gate.name] = gate.width }
    for (place, row) in rows.enumerated() {
      let kept = (0..<length).filter { step in
        (mask?[place * length + step] ?? true) && tokens?[row * length + step] != padding
      }
      lengths.append(Int32(kept.count))
      steps += kept.map { Int32($0 + 1) }
      if let tokens { ids.append(kept.map { tokens[row * length + $0] }) }
      for gate in gates { append(gate, place * length, kept, row: row) }
    }
  }

  private mutating func append(_ gate: GateValues, _ start: Int, _ steps: [Int], row: Int) {
    for step in steps {
      let unit = (start + step) * gate.width
      let own = gate.values[unit..<unit + gate.width]
      if invalid == nil, own.contains(where: { !$0.isFinite }) {
        invalid = Invalid(row: row, name: gate.name)
      }
      values[gate.name, default: []] += own
    }
  }

  /// The columns `step`, `tokens` if rows are tokens, and those of the gates, `[total, units]`.
  /// - Parameter labels: the tokens; nil to write their ids.
  func columns(labels: Vocabulary?) -> [String: Column] {
    var columns: [String: Column] = ["step": .ragged(Ragged(values: Tensor(steps), lengths: lengths))]
    if tokens != nil { columns["tokens"] = list(labels) }
    for name in names {
      let width = widths[name] ?? 1
      let tensor = Tensor(values[name] ?? [], shape: [steps.count, width])
      columns[name] = .ragged(Ragged(values: tensor, lengths: lengths))
    }
    return columns
  }

  private func list(_ labels: Vocabulary?) -> Column {
    let texts = ids.map { row in
      Array(row.map { labels?.label($0) ?? "\($0)" }.joined(separator: ListColumns.separator).utf8)
    }
    return .ragged(Ragged(values: Tensor(Array(texts.joined())), lengths: texts.map { Int32($0.count) }))
  }
}
