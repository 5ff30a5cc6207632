// The usual size of a target's residuals, with which they become comparable scores. Median and median absolute deviation
// are hardly moved by the anomalies that held-out data may contain (F. R. Hampel, "The Influence Curve and Its Role in
// Robust Estimation", Journal of the American Statistical Association 69, 1974):
//
//   center = median(e)      scale = 1.4826 median(|e - center|)      score = |e - center| / scale
//
// 1.4826 = 1 / Phi^-1(3/4) makes the scale that of a normal distribution's standard deviation. If more than half of the
// residuals are the same, so that the deviation is 0, the standard deviation from the center takes its place.

/// Center and scale of residuals.
public struct ResidualScale: Sendable, Equatable {
  /// The median, in the units of the residuals.
  public let center: Double
  /// Above 0, in the units of the residuals.
  public let scale: Double

  /// A scale that is known.
  public init(center: Double, scale: Double) { (self.center, self.scale) = (center, scale) }

  /// The scale of a sample; nil if all residuals are the same, or there are none.
  public init?(_ residuals: [Double]) {
    let middle = quantile(ofSorted: residuals.sorted(), 0.5)
    let deviations = residuals.map { abs($0 - middle) }.sorted()
    let robust = 1.482602218505602 * quantile(ofSorted: deviations, 0.5)
    let squares = deviations.reduce(0) { $0 + $1 * $1 }
    let scale = robust > 0 ? robust : (squares / Double(max(1, deviations.count))).squareRoot()
    guard scale > 0, scale.isFinite else { return nil }
    self.init(center: middle, scale: scale)
  }

  /// How unusual a residual is: its distance from the center in scales.
  public func score(_ residual: Double) -> Double { abs(residual - center) / scale }
}
