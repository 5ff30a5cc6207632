// The score above which a step is an anomaly, calibrated on the scores of held-out steps.
//
//   quantile(q)        the q-quantile of the scores
//   tail(risk,initial) peaks over threshold, as in A. Siffer, P.-A. Fouque, A. Termier and C. Largouet, "Anomaly Detection
//                      in Streams with Extreme Value Theory" (KDD 2017): t is the initial quantile, the excesses of the
//                      m of n scores above t have a generalized Pareto distribution, and a normal score exceeds
//
//                        z = t + scale / shape ((n risk / m)^(-shape) - 1)
//
//                      with the probability risk, which may be smaller than 1 / n.

import Failures
import OptionSyntax

/// A rule for the threshold of scores.
public enum AnomalyThreshold: Sendable, Equatable, CustomStringConvertible {
  /// A quantile of the scores.
  case quantile(Double)
  /// An extreme-value tail above an initial quantile.
  case tail(risk: Double, initial: Double)

  /// The rule unless told otherwise.
  public static let usual = quantile(0.99)
  /// The names of the rules.
  public static let names = ["quantile", "tail"]
  /// The fewest peaks that a tail is fitted to.
  public static let fewestPeaks = 10

  /// Reads `quantile(0.99)` or `tail(risk=0.001,initial=0.98)`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    let calls = try CallSyntax.parse(text, subject: "threshold", example: "quantile(0.99)")
    guard calls.count == 1, let call = calls.first else {
      throw Failure.usage("threshold: \(counted(calls.count, "rule")) given", remedy: "give one")
    }
    var arguments = try CallArguments(call, subject: "threshold \(call.name)", positions: 2)
    switch call.name {
    case "quantile":
      self = .quantile(try Self.share(&arguments, 0, "q") ?? 0.99)
    case "tail":
      let (risk, initial) = (
        try Self.share(&arguments, 0, "risk") ?? 0.001, try Self.share(&arguments, 1, "initial") ?? 0.98
      )
      guard risk < 1 - initial else {
        throw arguments.refuse(
          "'risk' is not below 1 - initial",
          "risk is the share of normal steps above the threshold, in the tail")
      }
      self = .tail(risk: risk, initial: initial)
    default:
      throw Failure.usage("unknown threshold '\(call.name)'", remedy: "use quantile(0.99) or tail(0.001)")
    }
    try arguments.finish()
  }

  private static func share(_ arguments: inout CallArguments, _ position: Int, _ key: String) throws
    -> Double?
  {
    guard let value = try arguments.real(position, key, in: 0...1) else { return nil }
    guard value > 0, value < 1 else { throw arguments.refuse("'\(key)' is \(value)", "between 0 and 1") }
    return value
  }

  /// As it is written on the command line.
  public var description: String {
    switch self {
    case .quantile(let q): "quantile(\(q))"
    case .tail(let risk, let initial): "tail(risk=\(risk),initial=\(initial))"
    }
  }

  /// The fewest scores with which the rule is more than their largest.
  public var fewestScores: Int {
    switch self {
    case .quantile(let q): Int(min(1 / (1 - q), 1e15).rounded(.up))
    case .tail: 1
    }
  }

  /// The threshold for scores.
  /// - Throws: `Failure` (data) if there are too few scores for a tail.
  public func value(of scores: [Double]) throws(Failure) -> Double {
    let sorted = scores.sorted()
    switch self {
    case .quantile(let q): return Anomalies.quantile(ofSorted: sorted, q)
    case .tail(let risk, let initial):
      let start = Anomalies.quantile(ofSorted: sorted, initial)
      let excesses = sorted.filter { $0 > start }.map { $0 - start }
      guard excesses.count >= Self.fewestPeaks, let tail = GeneralizedPareto(fitting: excesses) else {
        throw Failure.data(
          "only \(excesses.count) of \(counted(scores.count, "score")) exceed the quantile \(initial), too few for a tail",
          remedy: "calibrate on more data, lower initial, or use quantile(0.99)")
      }
      let share = Double(excesses.count) / Double(scores.count)
      return start + tail.excess(exceededWith: risk / share)
    }
  }
}
