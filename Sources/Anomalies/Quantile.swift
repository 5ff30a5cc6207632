// Quantiles of a sample, by linear interpolation between its ordered values: the definition 7 of R. J. Hyndman and
// Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996), which is NumPy's and R's.
//
//   h = (n - 1) p        quantile = x[floor(h)] + (h - floor(h)) (x[floor(h) + 1] - x[floor(h)])

/// The quantile of values in ascending order; NaN if there are none.
/// - Parameter p: the share of the values below it, from 0 to 1.
public func quantile(ofSorted values: [Double], _ p: Double) -> Double {
  guard let last = values.last else { return .nan }
  let position = Double(values.count - 1) * p
  let index = Int(position)
  guard index + 1 < values.count else { return last }
  return values[index] + (position - Double(index)) * (values[index + 1] - values[index])
}
