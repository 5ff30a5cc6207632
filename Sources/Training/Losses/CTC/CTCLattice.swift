// Connectionist temporal classification (Graves, Fernandez, Gomez and Schmidhuber 2006): the probability of a sequence of
// symbols, summed over all ways to spread it over the steps of an output. At each step the output has one symbol or
// the blank; equal symbols that follow each other count once.
//
//   l' = blank, l_1, blank, l_2, ..., l_L, blank                           S = 2 L + 1 positions
//   a_t(s) = y_t(l'_s) (a_{t-1}(s) + a_{t-1}(s-1) + a_{t-1}(s-2))          forward; the last term only if l'_s is a
//                                                                          symbol other than l'_{s-2}
//   b_t(s) = sum over the s' reachable from s of b_{t+1}(s') y_{t+1}(l'_s')  backward
//   p = a_T(S) + a_T(S-1),   loss = -ln p
//   dloss/dz_t(k) = y_t(k) - (sum over s with l'_s = k of a_t(s) b_t(s)) / p   for y_t = softmax(z_t)
//
// Computed with logarithms, in double precision.

import Glibc

/// The sums over all paths of one row. Memory is allocated once and grows to the largest row.
public struct CTCLattice {
  /// The blank's class id: 0, as in Keras and PyTorch, where targets are padded with it.
  public static let blank = 0

  /// ln a and ln b, `[steps, positions]`.
  private var forward: [Double] = []
  private var backward: [Double] = []
  private var labels: [Int] = []
  /// ln y, `[steps, classes]`.
  private var logarithms: [Double] = []
  private var (steps, classes) = (0, 0)

  /// No row yet.
  public init() {}

  /// Sets the outputs of the next row.
  /// - Parameters:
  ///   - steps: the number of steps.
  ///   - classes: the number of classes, blank included.
  ///   - logit: z of a step and a class.
  public mutating func setLogits(steps: Int, classes: Int, _ logit: (Int, Int) -> Float) {
    (self.steps, self.classes) = (steps, classes)
    grow(&logarithms, steps * classes)
    for step in 0..<steps {
      var largest = -Double.infinity
      for k in 0..<classes { largest = max(largest, Double(logit(step, k))) }
      var total = 0.0
      for k in 0..<classes { total += exp(Double(logit(step, k)) - largest) }
      let log = largest + Glibc.log(total)
      for k in 0..<classes { logarithms[step * classes + k] = Double(logit(step, k)) - log }
    }
  }

  /// The loss of a sequence of symbols: infinite if the steps are too few for it.
  public mutating func loss(of symbols: [Int]) -> Double {
    labels = [Self.blank] + symbols.flatMap { [$0, Self.blank] }
    guard steps > 0 else { return symbols.isEmpty ? 0 : .infinity }
    computeForward()
    return -total
  }

  /// ln p.
  private var total: Double {
    let last = (steps - 1) * labels.count + labels.count - 1
    return labels.count > 1 ? logSum(forward[last], forward[last - 1]) : forward[last]
  }

  /// Whether position `s` can follow `s - 2` directly.
  private func skips(_ s: Int) -> Bool { s >= 2 && labels[s] != Self.blank && labels[s] != labels[s - 2] }

  private mutating func computeForward() {
    let count = labels.count
    grow(&forward, steps * count)
    for s in 0..<count { forward[s] = s < 2 ? logarithms[labels[s]] : -.infinity }
    for step in 1..<max(1, steps) {
      let (now, before) = (step * count, (step - 1) * count)
      for s in 0..<count {
        var sum = forward[before + s]
        if s >= 1 { sum = logSum(sum, forward[before + s - 1]) }
        if skips(s) { sum = logSum(sum, forward[before + s - 2]) }
        forward[now + s] = sum + logarithms[step * classes + labels[s]]
      }
    }
  }

  private mutating func computeBackward() {
    let count = labels.count
    grow(&backward, steps * count)
    let last = (steps - 1) * count
    for s in 0..<count { backward[last + s] = s >= count - 2 ? 0 : -.infinity }
    for step in (0..<steps - 1).reversed() {
      let (now, after, row) = (step * count, (step + 1) * count, (step + 1) * classes)
      for s in 0..<count {
        var sum = backward[after + s] + logarithms[row + labels[s]]
        if s + 1 < count { sum = logSum(sum, backward[after + s + 1] + logarithms[row + labels[s + 1]]) }
        if s + 2 < count, skips(s + 2) {
          sum = logSum(sum, backward[after + s + 2] + logarithms[row + labels[s + 2]])
        }
        backward[now + s] = sum
      }
    }
  }

  /// Calls `body` with the derivative of the loss with respect to each logit, after `loss(of:)`; with zeros if the loss
  /// is infinite.
  public mutating func forEachGradient(_ body: (_ step: Int, _ class: Int, _ gradient: Double) -> Void) {
    guard steps > 0 else { return }
    let total = total
    guard total > -.infinity else {
      for step in 0..<steps { for k in 0..<classes { body(step, k, 0) } }
      return
    }
    computeBackward()
    var shares = [Double](repeating: 0, count: classes)
    for step in 0..<steps {
      for k in 0..<classes { shares[k] = 0 }
      for (s, label) in labels.enumerated() {
        shares[label] += exp(forward[step * labels.count + s] + backward[step * labels.count + s] - total)
      }
      for k in 0..<classes { body(step, k, exp(logarithms[step * classes + k]) - shares[k]) }
    }
  }

  private func grow(_ values: inout [Double], _ count: Int) {
    if values.count < count { values += Array(repeating: 0, count: count - values.count) }
  }
}

/// ln(e^a + e^b).
func logSum(_ a: Double, _ b: Double) -> Double {
  let (larger, smaller) = a > b ? (a, b) : (b, a)
  return larger == -.infinity ? larger : larger + log1p(exp(smaller - larger))
}
