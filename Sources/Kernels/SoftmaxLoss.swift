// The cross-entropy of a softmax and a class, row by row, for outputs over thousands of classes.

import Glibc

/// `-log p[label]` of one row's distribution p = softmax(z), and its gradient `scale (p - onehot)` with respect to z.
///
/// - Parameter gradient: where row `row` of the gradient is written; nil for the loss alone.
public func softmaxLoss(
  _ probabilities: Matrix, logits: Matrix, row: Int, label: Int, scale: Float, into gradient: Matrix?
) -> Double {
  if let gradient {
    let p = probabilities.base + row * probabilities.stride
    let result = gradient.base + row * gradient.stride
    for column in stride(from: 0, to: probabilities.stride, by: 16) {
      (result + column).lanes = (p + column).lanes * scale
    }
    result[label] -= scale
  }
  let p = probabilities[row, label]
  if p > 1e-30 { return -log(Double(p)) }
  // The probability is too small to be exact, but not the largest one, from which the logarithm of the sum follows.
  let largest = largestColumn(probabilities, row)
  return Double(logits[row, largest]) - log(Double(probabilities[row, largest])) - Double(logits[row, label])
}

private func largestColumn(_ values: Matrix, _ row: Int) -> Int {
  var best = 0
  for column in 0..<values.columns where values[row, column] > values[row, best] { best = column }
  return best
}
