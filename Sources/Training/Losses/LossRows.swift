// Losses row by row, and their derivatives. Formulas and clipping are Keras's (keras/src/losses/losses.py and
// backend/tensorflow/nn.py).
//
// A batch's loss is the mean over rows (and steps) of each output row's loss times the row's weight; the mean
// is over all rows, whatever their weights, but over those alone that a mask lets through. Cross-entropies
// behind sigmoid or softmax are computed from the logits z, where they are exact, and their derivative is
// p - target.

import Glibc
import Kernels
import Networks

/// A shard's output rows for a loss and for metrics: `[rows, width]`, step by step, then row by row.
struct LossRows {
  /// Probabilities or values, `[rows, width]`.
  let output: Matrix
  /// What they should be: `[rows, width]`, or class numbers `[rows, 1]`.
  let targets: Matrix
  /// x W + b of the last layer where the loss works on it.
  var logits: Matrix?
  /// Where the derivative goes; nil when only judging.
  var gradient: Matrix?
  /// What each row counts in the loss and in metrics, `[rows, 2]`; nil where all count 1.
  var weights: Matrix?
  /// What the sum of the rows' losses is multiplied by to make the batch's loss.
  var scale: Float = 1

  /// What a row's loss counts.
  func weight(_ row: Int) -> Float { weights?[row, 0] ?? 1 }
  /// What a row counts in metrics: 0 where it is masked.
  func count(_ row: Int) -> Float { weights?[row, 1] ?? 1 }
}

extension Loss {
  /// The sum of the rows' weighted losses; writes `scale` times the derivative.
  func evaluate(_ rows: LossRows) -> Double {
    var total = 0.0
    for row in 0..<rows.output.rows {
      let weight = rows.weight(row)
      let own = evaluate(rows, row, rows.scale * weight)
      // A masked row counts nothing, whatever its outputs are.
      if weight != 0 { total += Double(weight) * own }
    }
    return total
  }

  /// One row's loss; writes `scale` times its derivative.
  private func evaluate(_ rows: LossRows, _ row: Int, _ scale: Float) -> Double {
    let width = Float(rows.output.columns)
    switch kind {
    case .meanSquaredError:
      return errors(rows, row) { ($0 * $0, 2 * $0 * scale / width) }
    case .meanAbsoluteError:
      return errors(rows, row) { (abs($0), sign($0) * scale / width) }
    case .huber: return errors(rows, row) { huber($0, scale / width) }
    case .quantile: return errors(rows, row) { pinball($0, scale / width) }
    case .binaryCrossentropy: return binaryCrossentropy(rows, row, scale)
    case .categoricalCrossentropy:
      let share = labelSmoothing / width
      return categorical(rows, row, scale) { rows.targets[row, $0] * (1 - labelSmoothing) + share }
    case .sparseCategoricalCrossentropy:
      let label = Int(rows.targets[row, 0])
      if label == ignoredClass { return nothing(rows, row) }
      return categorical(rows, row, scale) { $0 == label ? 1 : 0 }
    }
  }

  private func nothing(_ rows: LossRows, _ row: Int) -> Double {
    for j in 0..<rows.output.columns { rows.gradient?[row, j] = 0 }
    return 0
  }

  // MARK: Errors of values

  /// The mean over a row's outputs of what `function` makes of each error, with its derivative.
  @inline(__always)
  private func errors(_ rows: LossRows, _ row: Int, _ function: (Float) -> (Float, Float)) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width {
      let (value, derivative) = function(rows.output[row, j] - rows.targets[row, j])
      sum += Double(value)
      rows.gradient?[row, j] = derivative
    }
    return sum / Double(width)
  }

  private func sign(_ value: Float) -> Float { value > 0 ? 1 : value < 0 ? -1 : value }

  /// e^2 / 2 up to delta, then delta |e| - delta^2 / 2.
  private func huber(_ error: Float, _ scale: Float) -> (Float, Float) {
    abs(error) <= delta
      ? (0.5 * error * error, error * scale)
      : (delta * abs(error) - 0.5 * delta * delta, delta * sign(error) * scale)
  }

  /// max(q e, (q - 1) e) of the target less the prediction, e.
  private func pinball(_ error: Float, _ scale: Float) -> (Float, Float) {
    let share = error <= 0 ? quantile : quantile - 1
    return (share * -error, -share * scale)
  }

  // MARK: Cross-entropies

  private func binaryCrossentropy(_ rows: LossRows, _ row: Int, _ scale: Float) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width {
      let t = rows.targets[row, j] * (1 - labelSmoothing) + 0.5 * labelSmoothing
      let p = rows.output[row, j]
      if let logits = rows.logits {
        let z = Double(logits[row, j])
        sum += max(z, 0) - z * Double(t) + log1p(exp(-abs(z)))
        rows.gradient?[row, j] = (p - t) * scale / Float(width)
      } else {
        let q = clipped(p)
        sum -= Double(t) * log(Double(q)) + Double(1 - t) * log(Double(1 - q))
        rows.gradient?[row, j] = q == p ? (q - t) / (q * (1 - q)) * scale / Float(width) : 0
      }
    }
    return sum / Double(width)
  }

  /// Cross-entropy of a row with target probabilities `target(j)`.
  private func categorical(
    _ rows: LossRows, _ row: Int, _ scale: Float, _ target: (Int) -> Float
  ) -> Double {
    if let logits = rows.logits { return softmaxCrossentropy(rows, logits, row, scale, target) }
    let width = rows.output.columns
    // Keras makes the row a distribution first, then clips.
    var total: Float = 0
    for j in 0..<width { total += rows.output[row, j] }
    var (sum, drift) = (0.0, Float(0))
    for j in 0..<width where target(j) != 0 {
      let p = rows.output[row, j] / total
      sum -= Double(target(j)) * log(Double(clipped(p)))
      if clipped(p) == p { drift += target(j) }
    }
    guard let gradient = rows.gradient else { return sum }
    for j in 0..<width {
      let p = rows.output[row, j] / total
      let own = target(j) != 0 && clipped(p) == p ? -target(j) / rows.output[row, j] : 0
      gradient[row, j] = (own + drift / total) * scale
    }
    return sum
  }

  private func softmaxCrossentropy(
    _ rows: LossRows, _ logits: Matrix, _ row: Int, _ scale: Float, _ target: (Int) -> Float
  ) -> Double {
    let width = rows.output.columns
    var largest = -Float.infinity
    for j in 0..<width { largest = max(largest, logits[row, j]) }
    var total = 0.0
    for j in 0..<width { total += exp(Double(logits[row, j] - largest)) }
    var sum = 0.0
    for j in 0..<width {
      let t = target(j)
      if t != 0 { sum += Double(t) * (log(total) - Double(logits[row, j] - largest)) }
      rows.gradient?[row, j] = (rows.output[row, j] - t) * scale
    }
    return sum
  }

  /// Keras keeps probabilities off 0 and 1.
  private func clipped(_ p: Float) -> Float { min(max(p, 1e-7), 1 - 1e-7) }
}
