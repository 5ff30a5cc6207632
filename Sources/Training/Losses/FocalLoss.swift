// The focal cross-entropies, which reduce the loss of rows that are well predicted (Lin et al. 2017), with Keras's
// formulas (keras/src/losses/losses.py).
//
//   binary        L = w (1 - p_t)^gamma H(t, p)       p_t = t p + (1 - t) (1 - p), w = t alpha + (1 - t) (1 - alpha)
//   categorical   L = -alpha sum_j (1 - p_j)^gamma t_j log p_j

import Glibc
import Kernels

extension Loss {
  /// The binary focal cross-entropy of a row: the mean over its outputs.
  func binaryFocal(_ rows: LossRows, _ row: Int, _ scale: Float) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width {
      let t = Double(rows.targets[row, j] * (1 - labelSmoothing) + 0.5 * labelSmoothing)
      let (value, derivative) =
        if let logits = rows.logits {
          focal(t, logit: Double(logits[row, j]))
        } else {
          focal(t, probability: rows.output[row, j])
        }
      sum += value
      rows.gradient?[row, j] = Float(derivative) * scale / Float(width)
    }
    return sum / Double(width)
  }

  /// The loss of an output with the logit z, and its derivative with respect to z.
  private func focal(_ t: Double, logit z: Double) -> (Double, Double) {
    let p = 1 / (1 + exp(-z))
    let entropy = max(z, 0) - z * t + log1p(exp(-abs(z)))
    return focal(t, p, slope: p * (1 - p), entropy: entropy, derivative: p - t)
  }

  /// The loss of an output p that is not known to be a sigmoid, and its derivative with respect to p.
  private func focal(_ t: Double, probability: Float) -> (Double, Double) {
    let q = Double(clipped(probability))
    let entropy = -t * log(q) - (1 - t) * log(1 - q)
    let derivative = clipped(probability) == probability ? (q - t) / (q * (1 - q)) : 0
    return focal(t, Double(probability), slope: 1, entropy: entropy, derivative: derivative)
  }

  /// The weighted loss for a cross-entropy and its derivative, where `slope` is the derivative of p.
  private func focal(
    _ t: Double, _ p: Double, slope: Double, entropy: Double, derivative: Double
  ) -> (Double, Double) {
    let weight = balancesClasses ? t * Double(alpha) + (1 - t) * Double(1 - alpha) : 1
    let (miss, exponent) = (1 - (t * p + (1 - t) * (1 - p)), Double(gamma))
    let change = (2 * t - 1) * slope
    // At a miss of exactly 0, p is saturated: its derivative is 0 too.
    let falling = exponent == 0 || change == 0 ? 0 : -exponent * pow(miss, exponent - 1) * change
    let factor = pow(miss, exponent)
    return (weight * factor * entropy, weight * (falling * entropy + factor * derivative))
  }

  /// The categorical focal cross-entropy of a row: the sum over its outputs.
  func categoricalFocal(_ rows: LossRows, _ row: Int, _ scale: Float) -> Double {
    let width = rows.output.columns
    let outputs = rows.outputsLogits ? softmax(rows.output, row) : (0..<width).map { Double(rows.output[row, $0]) }
    let total = outputs.reduce(0, +)
    var (sum, drift, gradients) = (0.0, 0.0, [Double](repeating: 0, count: width))
    for j in 0..<width {
      let t = Double(rows.targets[row, j] * (1 - labelSmoothing) + labelSmoothing / Float(width))
      let (value, derivative) = categoricalFocal(t, outputs[j] / total)
      sum += value
      gradients[j] = derivative
      drift += derivative * outputs[j] / total
    }
    for j in 0..<width { gradients[j] = (gradients[j] - drift) / total }
    write(gradients, probabilities: outputs, rows, row, scale)
    return sum
  }

  private func categoricalFocal(_ t: Double, _ p: Double) -> (Double, Double) {
    let (q, exponent, factor) = (min(max(p, 1e-7), 1 - 1e-7), Double(gamma), Double(alpha))
    let value = -factor * pow(1 - q, exponent) * t * log(q)
    guard q == p else { return (value, 0) }
    let falling = exponent == 0 ? 0 : exponent * pow(1 - q, exponent - 1) * log(q)
    return (value, factor * t * (falling - pow(1 - q, exponent) / q))
  }

  /// Writes a gradient with respect to probabilities, or through the softmax with respect to logits.
  private func write(
    _ gradients: [Double], probabilities: [Double], _ rows: LossRows, _ row: Int, _ scale: Float
  ) {
    guard let gradient = rows.gradient else { return }
    let mean = rows.outputsLogits ? zip(gradients, probabilities).reduce(0) { $0 + $1.0 * $1.1 } : 0
    for j in gradients.indices {
      let value = rows.outputsLogits ? probabilities[j] * (gradients[j] - mean) : gradients[j]
      gradient[row, j] = Float(value) * scale
    }
  }
}
