// Split conformal prediction: an interval around a forecast that is as wide as the errors of forecasts that training did
// not see (V. Vovk, A. Gammerman and G. Shafer, "Algorithmic Learning in a Random World", 2005; J. Lei et al.,
// "Distribution-Free Predictive Inference for Regression", JASA 113, 2018).
//
// With n errors |y - f|, the interval of level a is f +- the k-th smallest, k = ceil((n + 1) a). If the errors and the
// next one are exchangeable, it contains the next value with a probability of at least a, whatever their distribution.
// Each step ahead and target has its own errors.
//
// Around intervals that a model forecasts itself, from l to h, the errors are max(l - y, y - h), and the interval becomes
// l - k-th smallest to h + k-th smallest (Y. Romano, E. Patterson and E. Candes, "Conformalized Quantile Regression",
// NeurIPS 2019).

/// The errors of held-out forecasts.
public struct ConformalErrors: Sendable {
  /// The errors of each place in a row of forecasts.
  private var errors: [[Double]]

  /// No errors yet.
  /// - Parameter width: the number of forecasts in a row.
  public init(width: Int) { errors = Array(repeating: [], count: width) }

  /// The number of forecasts in a row.
  public var width: Int { errors.count }
  /// The number of rows.
  public var rows: Int { errors.map(\.count).min() ?? 0 }

  /// Adds rows of forecasts and true values; missing ones (NaN) don't count.
  public mutating func add(_ forecasts: [Double], actual: [Double]) {
    for (index, (forecast, truth)) in zip(forecasts, actual).enumerated() where !truth.isNaN {
      errors[index % errors.count].append(abs(truth - forecast))
    }
  }

  /// Adds rows of intervals and true values; missing ones (NaN) don't count. An error is how far the truth is outside the
  /// interval, below 0 if it is inside.
  public mutating func add(low: [Double], high: [Double], actual: [Double]) {
    for (index, truth) in actual.enumerated() where !truth.isNaN {
      errors[index % errors.count].append(max(low[index] - truth, truth - high[index]))
    }
  }

  /// How many rows an interval of `level` percent needs at least: a / (1 - a), rounded up.
  public static func fewest(_ level: Double) -> Int {
    Int((level / (100 - level) - 1e-9).rounded(.up))
  }

  /// Half the width of the interval of `level` percent of each forecast in a row, or by how much a forecast interval is
  /// widened; nil if there are too few rows.
  public func halfWidths(_ level: Double) -> [Double]? {
    let widths = errors.map { errors -> Double? in
      // Rounding must not turn 0.8 * 10 into more than 8.
      let rank = Int((Double(errors.count + 1) * level / 100 - 1e-9).rounded(.up))
      return (1...max(1, errors.count)).contains(rank) && !errors.isEmpty ? errors.sorted()[rank - 1] : nil
    }
    return widths.contains(nil) ? nil : widths.compactMap(\.self)
  }
}
