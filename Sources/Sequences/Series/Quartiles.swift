// The quartiles of some values, as numpy's `percentile` computes them: on the line between the two nearest values
// (Hyndman and Fan 1996, definition 7).

/// The quartiles of some values.
struct Quartiles {
  let lower: Double
  let median: Double
  let upper: Double

  /// - Parameter values: at least one number, none of them NaN.
  init(_ values: [Double]) {
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double {
      let position = share * Double(sorted.count - 1)
      let index = Int(position)
      let next = min(index + 1, sorted.count - 1)
      return sorted[index] + (sorted[next] - sorted[index]) * (position - Double(index))
    }
    (lower, median, upper) = (quantile(0.25), quantile(0.5), quantile(0.75))
  }

  /// The interquartile range; 1 if it is zero, as in scikit-learn's `RobustScaler`.
  var spread: Double { upper - lower > 0 ? upper - lower : 1 }
}
