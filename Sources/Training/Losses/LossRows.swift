// The loss of each row, and its gradient. Formulas and clipping are Keras's (keras/src/losses/losses.py and
// backend/tensorflow/nn.py).
//
// A batch's loss is the mean over rows (and steps) of each output row's loss times the row's weight; the mean
// is over all unmasked rows, whatever their weights. Cross-entropies after sigmoid or softmax are computed from the
// logits z, which avoids rounding errors, and their derivative is p - target.

import Glibc
import Kernels
import Networks

/// A shard's output rows, for a loss and for metrics: `[rows, width]`, ordered by step, then by row.
struct LossRows {
  /// Probabilities, logits or values, `[rows, width]`.
  var output: Matrix
  /// The targets: `[rows, width]`, or class ids `[rows, 1]`.
  let targets: Matrix
  /// The logits, if the loss is computed from them.
  var logits: Matrix?
  /// Whether the output itself has the logits.
  var outputsLogits = false
  /// Where the gradient is written; nil to compute only the loss.
  var gradient: Matrix?
  /// The weights of each row in the loss and in metrics, `[rows, 2]`; nil if all are 1.
  var weights: Matrix?
  /// The factor from the sum of the rows' losses to the batch's loss.
  var scale: Float = 1

  /// A row's weight in the loss.
  func weight(_ row: Int) -> Float { weights?[row, 0] ?? 1 }
  /// A row's weight in metrics: 0 if it is masked, else 1.
  func count(_ row: Int) -> Float { weights?[row, 1] ?? 1 }
}

extension Loss {
  /// The sum of the rows' weighted losses; writes `scale` times the gradient.
  func evaluate(_ rows: LossRows) -> Double {
    var total = 0.0
    for row in 0..<rows.output.rows {
      let weight = rows.weight(row)
      let loss = evaluate(rows, row, rows.scale * weight)
      // A masked row contributes nothing, even if its outputs are not finite.
      if weight != 0 { total += Double(weight) * loss }
    }
    return total
  }

  /// One row's loss; writes `scale` times its gradient.
  private func evaluate(_ rows: LossRows, _ row: Int, _ scale: Float) -> Double {
    let width = Float(rows.output.columns)
    switch kind {
    case .meanSquaredError:
      return errors(rows, row) { ($0 * $0, 2 * $0 * scale / width) }
    case .meanAbsoluteError:
      return errors(rows, row) { (abs($0), sign($0) * scale / width) }
    case .huber: return errors(rows, row) { huber($0, scale / width) }
    case .quantile: return errors(rows, row) { pinball($0, scale / width) }
    case .quantiles: return quantileErrors(rows, row, scale / width)
    case .studentT, .normal, .negativeBinomial: return distributionLoss(rows, row, scale)
    case .meanAbsolutePercentageError: return percentageErrors(rows, row, scale / width)
    case .meanSquaredLogarithmicError: return logarithmicErrors(rows, row, scale / width)
    case .logCosh: return errors(rows, row) { logCosh($0, scale / width) }
    case .binaryCrossentropy: return binaryCrossentropy(rows, row, scale)
    case .binaryFocalCrossentropy: return binaryFocal(rows, row, scale)
    case .categoricalFocalCrossentropy: return categoricalFocal(rows, row, scale)
    case .categoricalCrossentropy:
      let smoothing = labelSmoothing / width
      return categorical(rows, row, scale) { rows.targets[row, $0] * (1 - labelSmoothing) + smoothing }
    case .crf: preconditionFailure("the layer crf computes its own loss")
    case .sparseCategoricalCrossentropy:
      let label = Int(rows.targets[row, 0])
      if label == ignoredClass || rows.weight(row) == 0 { return ignore(rows, row) }
      if let logits = rows.logits, !rows.outputsLogits {
        return softmaxLoss(
          rows.output, logits: logits, row: row, label: label, scale: scale, into: rows.gradient)
      }
      return categorical(rows, row, scale) { $0 == label ? 1 : 0 }
    case .ctc: preconditionFailure("the loss of whole sequences, not of single steps")
    }
  }

  /// The loss of an ignored row, 0; clears its gradient.
  private func ignore(_ rows: LossRows, _ row: Int) -> Double {
    for j in 0..<rows.output.columns { rows.gradient?[row, j] = 0 }
    return 0
  }

  // MARK: Errors of values

  /// The mean over a row's outputs of `function` of the error, which also returns the derivative.
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

  /// max(q e, (q - 1) e), where e is the target minus the prediction.
  private func pinball(_ error: Float, _ scale: Float) -> (Float, Float) {
    let factor = error <= 0 ? quantile : quantile - 1
    return (factor * -error, -factor * scale)
  }

  /// The mean over a row's targets, and over the quantiles of each, of the pinball loss.
  private func quantileErrors(_ rows: LossRows, _ row: Int, _ scale: Float) -> Double {
    let quantiles = quantiles?.values ?? []
    var sum = 0.0
    for target in 0..<rows.targets.columns {
      let y = rows.targets[row, target]
      for (number, q) in quantiles.enumerated() {
        let j = target * quantiles.count + number
        let error = rows.output[row, j] - y
        let factor = error <= 0 ? Float(q) : Float(q) - 1
        sum += Double(factor * -error)
        rows.gradient?[row, j] = -factor * scale
      }
    }
    return sum / Double(rows.output.columns)
  }

  /// log(cosh(e)) = e + softplus(-2 e) - log 2.
  private func logCosh(_ error: Float, _ scale: Float) -> (Float, Float) {
    let e = Double(error)
    return (Float(abs(e) + log1p(exp(-2 * abs(e))) - log(2)), Float(tanh(e)) * scale)
  }

  /// 100 |t - y| / max(|t|, 1e-7).
  private func percentageErrors(_ rows: LossRows, _ row: Int, _ scale: Float) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width {
      let t = rows.targets[row, j]
      let (error, size) = (rows.output[row, j] - t, max(abs(t), 1e-7))
      sum += Double(100 * abs(error / size))
      rows.gradient?[row, j] = 100 * sign(error) / size * scale
    }
    return sum / Double(width)
  }

  /// (log(1 + t) - log(1 + y))^2, with t and y at least 1e-7.
  private func logarithmicErrors(_ rows: LossRows, _ row: Int, _ scale: Float) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width {
      let y = rows.output[row, j]
      let error = log1p(Double(max(y, 1e-7))) - log1p(Double(max(rows.targets[row, j], 1e-7)))
      sum += error * error
      rows.gradient?[row, j] = y >= 1e-7 ? Float(2 * error) / (1 + y) * scale : 0
    }
    return sum / Double(width)
  }

  // MARK: Cross-entropies

  private func binaryCrossentropy(_ rows: LossRows, _ row: Int, _ scale: Float) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width {
      let t = rows.targets[row, j] * (1 - labelSmoothing) + 0.5 * labelSmoothing
      let p = rows.outputsLogits ? sigmoid(rows.output[row, j]) : rows.output[row, j]
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
    // Keras first normalizes the row to a distribution, then clips.
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
      let p = rows.outputsLogits ? Float(exp(Double(logits[row, j] - largest)) / total) : rows.output[row, j]
      rows.gradient?[row, j] = (p - t) * scale
    }
    return sum
  }

  /// Keras clips probabilities away from 0 and 1.
  func clipped(_ p: Float) -> Float { min(max(p, 1e-7), 1 - 1e-7) }
}
