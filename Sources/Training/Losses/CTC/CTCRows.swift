// The CTC loss of a shard: the outputs of each row's unmasked steps against its symbols.

import Kernels
import Networks

/// A shard's rows for the CTC loss.
struct CTCRows {
  /// The logits, `[steps * rows, classes]`, step by step.
  let logits: Matrix
  /// The symbols, `[rows, symbols]`, padded with the blank.
  let targets: Matrix
  /// Which steps of which rows are unmasked, step by step; nil if all are.
  let mask: RowMask?
  /// Where the gradient is written, like `logits`; nil to compute only the loss.
  var gradient: Matrix?
  /// The factor from the sum of the rows' losses to the batch's loss.
  var scale: Float = 1

  /// The number of rows.
  private var rows: Int { targets.rows }
  private var steps: Int { rows == 0 ? 0 : logits.rows / rows }

  /// The sum of the rows' losses, each times its weight; writes `scale` times the gradient.
  func evaluate(_ lattice: inout CTCLattice, weight: (Int) -> Float) -> Double {
    var total = 0.0
    for row in 0..<rows {
      let weight = weight(row)
      let loss = evaluate(row, &lattice, scale * weight)
      if weight != 0 { total += Double(weight) * loss }
    }
    return total
  }

  private func evaluate(_ row: Int, _ lattice: inout CTCLattice, _ scale: Float) -> Double {
    let places = (0..<steps).map { $0 * rows + row }
    let active = places.filter { mask?[$0] ?? true }
    let classes = logits.columns
    lattice.setLogits(steps: active.count, classes: classes) { logits[active[$0], $1] }
    let symbols = (0..<targets.columns).map { Int(targets[row, $0]) }.filter { $0 != CTCLattice.blank }
    let loss = lattice.loss(of: symbols)
    guard let gradient else { return loss }
    if active.count < steps {
      for place in places { for k in 0..<classes { gradient[place, k] = 0 } }
    }
    lattice.forEachGradient { gradient[active[$0], $1] = Float($2) * scale }
    return loss
  }
}
