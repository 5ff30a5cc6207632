// The distributions that a forecaster can predict of each target, and how the network's outputs, any numbers, become their
// parameters. With s(x) = log(1 + e^x), and e = 1e-6, below which no width falls:
//
//   student_t            3 outputs   location o1, scale s(o2) + e, degrees of freedom 2 + s(o3)
//   normal               2 outputs   mean o1, standard deviation s(o2) + e
//   negative_binomial    2 outputs   mean m = v (s(o1) + e), shape a = (s(o2) + e) / sqrt(v); variance m + m^2 a
//
// The first two are of scaled values. Counts can't be scaled: v is by how much the inputs were divided, so that the network
// learns from all series alike.
//   Salinas, Flunkert, Gasthaus, Januschowski: DeepAR: Probabilistic Forecasting with Autoregressive Recurrent Networks,
//   International Journal of Forecasting 36, 2020, sections 3.1 and 3.3; GluonTS's StudentTOutput for the t distribution

import Glibc

/// A kind of distribution.
public enum ForecastDistribution: String, Sendable, CaseIterable {
  case studentT = "student_t"
  case normal
  case negativeBinomial = "negative_binomial"

  /// The number of outputs for each target.
  public var outputs: Int { self == .studentT ? 3 : 2 }
  /// Whether its values are 0, 1, 2 and so on.
  public var isOfCounts: Bool { self == .negativeBinomial }
  /// The number of values in the targets for each: a count is followed by what the inputs were divided by.
  public var valuesPerTarget: Int { isOfCounts ? 2 : 1 }
  /// The loss that is its negative log likelihood.
  public var loss: Loss { Loss(self) }

  /// No scale falls below.
  static let least = 1e-6
}

/// log(1 + e^x).
@inline(__always)
func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

/// The derivative of `softplus`.
@inline(__always)
func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
