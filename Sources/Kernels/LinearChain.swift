// A linear-chain conditional random field over the steps of a sequence (Lafferty, McCallum and Pereira 2001).
//
//   score(y) = start[y_1] + sum_t e_t[y_t] + sum_{t>1} T[y_{t-1}, y_t] + end[y_L]
//   loss     = log sum_y exp(score(y)) - score(target)
//
// The sum is computed forward in time, with each step scaled to a distribution (Rabiner 1989), which is exact and needs
// no logarithms in the inner loop:
//
//   a_1[j] ~ exp(start[j] + e_1[j])       a_t[j] ~ exp(e_t[j]) sum_i a_{t-1}[i] exp(T[i, j])
//   b_L[i] ~ exp(end[i])                  b_t[i] ~ sum_j exp(T[i, j] + e_{t+1}[j]) b_{t+1}[j]
//   P(y_t = j) = a_t[j] b_t[j]            dloss/de_t[j] = P(y_t = j) - [target_t = j], and likewise for T, start, end
//
// The decoder finds the path with the highest score (Viterbi 1967). Masked steps are left out of the sequence.

import Glibc

/// The weights of a chain, prepared for a pass; shared by all threads.
public final class LinearChain {
  /// The number of labels.
  public let labels: Int
  fileprivate let transitions: Buffer<Double>
  fileprivate let start: Buffer<Double>
  fileprivate let end: Buffer<Double>
  /// exp(T - max T), exp(start - max start), exp(end - max end).
  fileprivate let expTransitions: Buffer<Double>
  fileprivate let expStart: Buffer<Double>
  fileprivate let expEnd: Buffer<Double>
  fileprivate var (highestTransition, highestStart, highestEnd) = (0.0, 0.0, 0.0)

  /// A chain over so many labels, whose weights are loaded before each pass.
  public init(labels: Int) {
    self.labels = labels
    (transitions, expTransitions) = (Self.buffer(labels * labels), Self.buffer(labels * labels))
    (start, expStart) = (Self.buffer(labels), Self.buffer(labels))
    (end, expEnd) = (Self.buffer(labels), Self.buffer(labels))
  }

  private static func buffer(_ count: Int) -> Buffer<Double> { Buffer(count: count, zero: 0) }

  /// Loads the weights: T `[labels, labels]`, from a row's label to a column's; `start` and `end` `[1, labels]`.
  public func load(transitions: Matrix, start: Matrix, end: Matrix) {
    highestTransition = Self.load(transitions, into: self.transitions, exponentials: expTransitions)
    highestStart = Self.load(start, into: self.start, exponentials: expStart)
    highestEnd = Self.load(end, into: self.end, exponentials: expEnd)
  }

  private static func load(
    _ matrix: Matrix, into values: Buffer<Double>, exponentials: Buffer<Double>
  ) -> Double {
    var highest = -Double.infinity
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns {
        let value = Double(matrix[row, column])
        values.base[row * matrix.columns + column] = value
        highest = max(highest, value)
      }
    }
    for index in 0..<matrix.rows * matrix.columns {
      exponentials.base[index] = exp(values.base[index] - highest)
    }
    return highest
  }
}

/// One row of a shard: its steps are every `pitch`-th row of the matrices, from `first` on.
public struct ChainRow {
  let first: Int
  let pitch: Int
  let steps: Int
  let mask: RowMask?

  /// - Parameters:
  ///   - row: the row of the shard.
  ///   - rows: the number of rows of the shard.
  ///   - mask: the mask of all rows and steps of the shard.
  public init(row: Int, rows: Int, steps: Int, mask: RowMask?) {
    (first, pitch, self.steps, self.mask) = (row, rows, steps, mask)
  }

  /// The matrix row of the first unmasked step; nil if there is none.
  public var firstPlace: Int? {
    for step in 0..<steps where mask?[first + step * pitch] ?? true { return first + step * pitch }
    return nil
  }
}

/// A thread's memory for one row at a time, and its sums of the gradients of the chain's weights.
public final class ChainScratch {
  private let labels: Int
  /// The matrix rows of the unmasked steps.
  private let places: Buffer<Int>
  private var count = 0
  /// exp(e_t - max e_t), a_t, and the scale of each step.
  private let factors: Buffer<Double>
  private let forward: Buffer<Double>
  private let scales: Buffer<Double>
  private let backward: Buffer<Double>
  private let next: Buffer<Double>
  private let pointers: Buffer<Int32>
  private let transitionSums: Buffer<Double>
  private let startSums: Buffer<Double>
  private let endSums: Buffer<Double>

  /// Memory for rows of up to `steps` steps.
  public init(labels: Int, steps: Int) {
    self.labels = labels
    places = Buffer(count: steps, zero: 0)
    factors = Buffer(count: steps * labels, zero: 0)
    forward = Buffer(count: steps * labels, zero: 0)
    scales = Buffer(count: steps, zero: 0)
    backward = Buffer(count: labels, zero: 0)
    next = Buffer(count: labels, zero: 0)
    pointers = Buffer(count: steps * labels, zero: 0)
    transitionSums = Buffer(count: labels * labels, zero: 0)
    startSums = Buffer(count: labels, zero: 0)
    endSums = Buffer(count: labels, zero: 0)
  }

  /// Finds the unmasked steps.
  private func findSteps(_ row: ChainRow) {
    precondition(row.steps <= places.count, "more steps than there is memory for")
    count = 0
    for step in 0..<row.steps {
      let place = row.first + step * row.pitch
      guard row.mask?[place] ?? true else { continue }
      places.base[count] = place
      count += 1
    }
  }
}

// MARK: - Decoding

extension ChainScratch {
  /// Writes 1 for the label of the best path and 0 for the others at each step of `row`; only zeros at masked steps.
  public func decode(_ chain: LinearChain, _ emissions: Matrix, _ row: ChainRow, into result: Matrix) {
    for step in 0..<row.steps {
      (result.base + (row.first + step * row.pitch) * result.stride).update(
        repeating: 0, count: result.stride)
    }
    findSteps(row)
    guard count > 0 else { return }
    var label = bestLast(chain, emissions)
    for index in (0..<count).reversed() {
      result[places.base[index], label] = 1
      label = Int(pointers.base[index * labels + label])
    }
  }

  /// The last label of the best path; the labels before each are in `pointers`.
  private func bestLast(_ chain: LinearChain, _ emissions: Matrix) -> Int {
    let (scores, others) = (backward, next)
    for label in 0..<labels {
      scores.base[label] = chain.start.base[label] + Double(emissions[places.base[0], label])
    }
    for index in 1..<max(1, count) {
      for label in 0..<labels {
        var (best, score) = (0, -Double.infinity)
        for other in 0..<labels {
          let own = scores.base[other] + chain.transitions.base[other * labels + label]
          if own > score { (best, score) = (other, own) }
        }
        pointers.base[index * labels + label] = Int32(best)
        others.base[label] = score + Double(emissions[places.base[index], label])
      }
      scores.copy(others)
    }
    for label in 0..<labels { scores.base[label] += chain.end.base[label] }
    return (1..<labels).reduce(0) { scores.base[$1] > scores.base[$0] ? $1 : $0 }
  }
}

// MARK: - The loss

extension ChainScratch {
  /// The loss of a row, whose targets are label ids in the matrix rows of its steps; 0 if all steps are masked.
  ///
  /// - Parameters:
  ///   - scale: the factor of the gradients.
  ///   - gradient: where the gradient of the emissions is written, at unmasked steps; nil to compute none, nor those of
  ///     the chain's weights, which are added to the sums.
  public func loss(
    _ chain: LinearChain, _ emissions: Matrix, _ row: ChainRow, targets: Matrix, scale: Double,
    gradient: Matrix?
  ) -> Double {
    findSteps(row)
    guard count > 0 else { return 0 }
    let (total, last) = logSum(chain, emissions)
    if let gradient { addGradients(chain, targets, last: last, scale: scale, into: gradient) }
    return total - score(chain, emissions, targets)
  }

  private func target(_ targets: Matrix, _ index: Int) -> Int { Int(targets[places.base[index], 0]) }

  /// The score of the targets.
  private func score(_ chain: LinearChain, _ emissions: Matrix, _ targets: Matrix) -> Double {
    var before = target(targets, 0)
    var sum = chain.start.base[before] + Double(emissions[places.base[0], before])
    for index in 1..<max(1, count) {
      let label = target(targets, index)
      sum += chain.transitions.base[before * labels + label] + Double(emissions[places.base[index], label])
      before = label
    }
    return sum + chain.end.base[before]
  }

  /// The logarithm of the sum over all paths, and the scale of the end.
  private func logSum(_ chain: LinearChain, _ emissions: Matrix) -> (total: Double, last: Double) {
    var total = chain.highestStart + chain.highestEnd + Double(count - 1) * chain.highestTransition
    for index in 0..<count {
      total += exponentiate(emissions, index)
      let own = forward.base + index * labels
      var sum = 0.0
      for label in 0..<labels {
        own[label] = factors.base[index * labels + label] * arriving(chain, index, label)
        sum += own[label]
      }
      for label in 0..<labels { own[label] /= sum }
      scales.base[index] = sum
      total += log(sum)
    }
    let own = forward.base + (count - 1) * labels
    let last = (0..<labels).reduce(0.0) { $0 + own[$1] * chain.expEnd.base[$1] }
    return (total + log(last), last)
  }

  /// The sum over all labels before `label`.
  @inline(__always)
  private func arriving(_ chain: LinearChain, _ index: Int, _ label: Int) -> Double {
    guard index > 0 else { return chain.expStart.base[label] }
    let before = forward.base + (index - 1) * labels
    var sum = 0.0
    for other in 0..<labels { sum += before[other] * chain.expTransitions.base[other * labels + label] }
    return sum
  }

  /// Stores the exponentials of a step's emissions, less their maximum, which is returned.
  private func exponentiate(_ emissions: Matrix, _ index: Int) -> Double {
    let own = emissions.base + places.base[index] * emissions.stride
    var highest = -Float.infinity
    for label in 0..<labels { highest = max(highest, own[label]) }
    for label in 0..<labels { factors.base[index * labels + label] = exp(Double(own[label] - highest)) }
    return Double(highest)
  }

  private func addGradients(
    _ chain: LinearChain, _ targets: Matrix, last: Double, scale: Double, into gradient: Matrix
  ) {
    for label in 0..<labels { backward.base[label] = chain.expEnd.base[label] / last }
    addMarginals(count - 1, into: endSums, targets, scale)
    for index in (0..<count).reversed() {
      write(index, targets, scale, into: gradient)
      if index > 0 { stepBack(chain, index, targets, scale) }
    }
    addMarginals(0, into: startSums, targets, scale)
  }

  /// The probability of each label at a step, less 1 for the target.
  private func marginal(_ index: Int, _ label: Int, _ target: Int) -> Double {
    forward.base[index * labels + label] * backward.base[label] - (label == target ? 1 : 0)
  }

  private func write(_ index: Int, _ targets: Matrix, _ scale: Double, into gradient: Matrix) {
    let (target, place) = (target(targets, index), places.base[index])
    for label in 0..<labels { gradient[place, label] = Float(scale * marginal(index, label, target)) }
  }

  private func addMarginals(_ index: Int, into sums: Buffer<Double>, _ targets: Matrix, _ scale: Double) {
    let target = target(targets, index)
    for label in 0..<labels { sums.base[label] += scale * marginal(index, label, target) }
  }

  /// Adds the gradients of the transitions into a step, and computes b of the step before.
  private func stepBack(_ chain: LinearChain, _ index: Int, _ targets: Matrix, _ scale: Double) {
    for label in 0..<labels {
      next.base[label] =
        factors.base[index * labels + label] * backward.base[label] / scales.base[index]
    }
    let before = forward.base + (index - 1) * labels
    for other in 0..<labels {
      var sum = 0.0
      for label in 0..<labels {
        let product = chain.expTransitions.base[other * labels + label] * next.base[label]
        sum += product
        transitionSums.base[other * labels + label] += scale * before[other] * product
      }
      backward.base[other] = sum
    }
    transitionSums.base[target(targets, index - 1) * labels + target(targets, index)] -= scale
  }

  /// Adds the sums of the weights' gradients to `transitions`, `start` and `end`, and clears them.
  public func addSums(transitions: Matrix, start: Matrix, end: Matrix) {
    move(transitionSums, into: transitions)
    move(startSums, into: start)
    move(endSums, into: end)
  }

  private func move(_ sums: Buffer<Double>, into result: Matrix) {
    for row in 0..<result.rows {
      for column in 0..<result.columns {
        result[row, column] += Float(sums.base[row * result.columns + column])
        sums.base[row * result.columns + column] = 0
      }
    }
  }
}
