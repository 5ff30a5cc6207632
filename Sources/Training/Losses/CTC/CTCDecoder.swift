// The symbols that an output with blanks stands for: greedily, from the most probable class of each step, or by a search
// for the most probable sequence (prefix beam search, Graves 2012 and Hannun et al. 2014), which sums the paths that
// lead to the same symbols.

import Glibc

/// Decodes the outputs of a network trained with CTC.
public enum CTCDecoder {
  /// A sequence of symbols and the logarithm of its probability.
  public struct Hypothesis: Sendable, Equatable {
    /// The symbols.
    public let symbols: [Int]
    /// The natural logarithm of its probability: of the best path if decoded greedily, else of all that were followed.
    public let logProbability: Double
  }

  /// The most probable class of each step, without repetitions and blanks.
  /// - Parameters:
  ///   - logProbabilities: ln y, `[steps, classes]`.
  ///   - classes: the number of classes, blank included.
  public static func greedy(_ logProbabilities: [Double], classes: Int) -> Hypothesis {
    var (symbols, previous, total) = ([Int](), CTCLattice.blank, 0.0)
    for step in 0..<logProbabilities.count / classes {
      var best = 0
      for k in 1..<classes
      where logProbabilities[step * classes + k] > logProbabilities[step * classes + best] {
        best = k
      }
      total += logProbabilities[step * classes + best]
      if best != previous, best != CTCLattice.blank { symbols.append(best) }
      previous = best
    }
    return Hypothesis(symbols: symbols, logProbability: total)
  }

  /// A prefix with the probabilities of its paths that end with the blank and with its last symbol.
  private struct Prefix {
    var blank = -Double.infinity
    var symbol = -Double.infinity

    var total: Double { logSum(blank, symbol) }
  }

  /// The most probable sequences, best first.
  /// - Parameters:
  ///   - logProbabilities: ln y, `[steps, classes]`.
  ///   - classes: the number of classes, blank included.
  ///   - width: how many prefixes are followed from step to step.
  public static func beam(_ logProbabilities: [Double], classes: Int, width: Int) -> [Hypothesis] {
    var beam: [[Int]: Prefix] = [[]: Prefix(blank: 0, symbol: -.infinity)]
    for step in 0..<logProbabilities.count / classes {
      var next: [[Int]: Prefix] = [:]
      for (symbols, prefix) in beam {
        extend(symbols, prefix, logProbabilities[step * classes..<(step + 1) * classes], into: &next)
      }
      let kept = next.sorted { isBefore($0, $1) }.prefix(width)
      beam = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
    return beam.sorted { isBefore($0, $1) }.map {
      Hypothesis(symbols: $0.key, logProbability: $0.value.total)
    }
  }

  /// Adds the paths that continue a prefix by one step.
  private static func extend(
    _ symbols: [Int], _ prefix: Prefix, _ step: ArraySlice<Double>, into next: inout [[Int]: Prefix]
  ) {
    for (k, log) in step.enumerated() where log > -.infinity {
      if k == CTCLattice.blank {
        let sum = prefix.total + log
        next[symbols, default: Prefix()].blank = logSum(next[symbols]?.blank ?? -.infinity, sum)
      } else if k == symbols.last {
        // A repetition continues the symbol; only after a blank it is another one.
        next[symbols, default: Prefix()].symbol = logSum(
          next[symbols]?.symbol ?? -.infinity, prefix.symbol + log)
        let longer = symbols + [k]
        next[longer, default: Prefix()].symbol = logSum(
          next[longer]?.symbol ?? -.infinity, prefix.blank + log)
      } else {
        let longer = symbols + [k]
        next[longer, default: Prefix()].symbol = logSum(
          next[longer]?.symbol ?? -.infinity, prefix.total + log)
      }
    }
  }

  /// The more probable first; equally probable ones by their symbols, so that results don't depend on hashing.
  private static func isBefore(_ a: (key: [Int], value: Prefix), _ b: (key: [Int], value: Prefix)) -> Bool {
    a.value.total != b.value.total ? a.value.total > b.value.total : a.key.lexicographicallyPrecedes(b.key)
  }
}
