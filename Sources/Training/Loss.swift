// What training makes small, and its derivative. Formulas and clipping are Keras's
// (keras/src/losses/losses.py and backend/tensorflow/nn.py).
//
// A loss is the mean over rows (and steps) of each output row's loss. Cross-entropies behind sigmoid or
// softmax are computed from the logits z, where they are exact, and their derivative is p - target.

import Failures
import Glibc
import Kernels
import Networks

/// A loss function by Keras's name.
public enum Loss: String, Sendable, CaseIterable {
  case binaryCrossentropy = "binary_crossentropy"
  case categoricalCrossentropy = "categorical_crossentropy"
  case sparseCategoricalCrossentropy = "sparse_categorical_crossentropy"
  case meanSquaredError = "mse"
  case meanAbsoluteError = "mae"

  /// The loss of that name, `mean_squared_error` and `mean_absolute_error` included; throws
  /// `Failure` (usage) with the nearest known name.
  public init(named name: String) throws {
    let short = ["mean_squared_error": "mse", "mean_absolute_error": "mae"][name] ?? name
    guard let loss = Loss(rawValue: short) else {
      throw Failure.usage(
        "unknown loss '\(name)'", remedy: suggestion(for: name, among: Loss.allCases.map(\.rawValue)))
    }
    self = loss
  }

  /// Whether targets are class numbers instead of values.
  public var takesLabels: Bool { self == .sparseCategoricalCrossentropy }

  /// Whether the derivative is taken by the logits of `layer`, the network's last.
  func usesLogits(of layer: any Layer) -> Bool {
    guard let dense = layer as? Dense else { return false }
    switch self {
    case .binaryCrossentropy: return dense.function == .elementwise(.sigmoid)
    case .categoricalCrossentropy, .sparseCategoricalCrossentropy: return dense.function == .softmax
    default: return false
    }
  }
}

/// A shard's output rows for a loss: probabilities or values, and logits where they are used.
struct LossRows {
  let shard: Shard
  /// Outputs, `[rows, width]`.
  let output: Matrix
  /// x W + b of the last layer where the loss works on it.
  let logits: Matrix?
  /// Where the derivative goes; nil when only judging.
  let gradient: Matrix?
  /// One over the number of output rows of the batch.
  let scale: Float
}

extension Loss {
  /// The sum of the rows' losses; writes `scale` times the derivative.
  func evaluate(_ rows: LossRows, _ target: TargetBuffer) -> Double {
    var total = 0.0
    for row in 0..<rows.output.rows {
      switch self {
      case .meanSquaredError: total += squaredError(rows, target, row)
      case .meanAbsoluteError: total += absoluteError(rows, target, row)
      case .binaryCrossentropy: total += binaryCrossentropy(rows, target, row)
      case .categoricalCrossentropy: total += categorical(rows, row) { target.value(rows.shard, row, $0) }
      case .sparseCategoricalCrossentropy:
        let label = Int(target.value(rows.shard, row, 0))
        total += categorical(rows, row) { $0 == label ? 1 : 0 }
      }
    }
    return total
  }

  private func squaredError(_ rows: LossRows, _ target: TargetBuffer, _ row: Int) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width {
      let error = rows.output[row, j] - target.value(rows.shard, row, j)
      sum += Double(error * error)
      rows.gradient?[row, j] = 2 * error * rows.scale / Float(width)
    }
    return sum / Double(width)
  }

  private func absoluteError(_ rows: LossRows, _ target: TargetBuffer, _ row: Int) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width {
      let error = rows.output[row, j] - target.value(rows.shard, row, j)
      sum += Double(abs(error))
      let sign: Float = error > 0 ? 1 : error < 0 ? -1 : error
      rows.gradient?[row, j] = sign * rows.scale / Float(width)
    }
    return sum / Double(width)
  }

  private func binaryCrossentropy(_ rows: LossRows, _ target: TargetBuffer, _ row: Int) -> Double {
    let width = rows.output.columns
    var sum = 0.0
    for j in 0..<width {
      let t = target.value(rows.shard, row, j)
      let p = rows.output[row, j]
      if let logits = rows.logits {
        let z = Double(logits[row, j])
        sum += max(z, 0) - z * Double(t) + log1p(exp(-abs(z)))
        rows.gradient?[row, j] = (p - t) * rows.scale / Float(width)
      } else {
        let q = clipped(p)
        sum -= Double(t) * log(Double(q)) + Double(1 - t) * log(Double(1 - q))
        rows.gradient?[row, j] = q == p ? (q - t) / (q * (1 - q)) * rows.scale / Float(width) : 0
      }
    }
    return sum / Double(width)
  }

  /// Cross-entropy of a row with target probabilities `target(j)`.
  private func categorical(_ rows: LossRows, _ row: Int, _ target: (Int) -> Float) -> Double {
    if let logits = rows.logits { return softmaxCrossentropy(rows, logits, row, target) }
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
      gradient[row, j] = (own + drift / total) * rows.scale
    }
    return sum
  }

  private func softmaxCrossentropy(
    _ rows: LossRows, _ logits: Matrix, _ row: Int, _ target: (Int) -> Float
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
      rows.gradient?[row, j] = (rows.output[row, j] - t) * rows.scale
    }
    return sum
  }

  /// Keras keeps probabilities off 0 and 1.
  private func clipped(_ p: Float) -> Float { min(max(p, 1e-7), 1 - 1e-7) }
}
