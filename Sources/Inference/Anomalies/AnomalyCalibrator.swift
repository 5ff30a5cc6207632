// Calibrates scores on the residuals of held-out steps: of each series by itself, if there are several.

import Anomalies
import Failures

/// Collects the residuals of held-out steps.
public struct AnomalyCalibrator {
  /// The fewest steps to calibrate on.
  private static let fewest = 20

  /// The number of steps that were left out because they are labeled as anomalies.
  public private(set) var excluded = 0
  private let targets: [String]
  /// The residuals of each series, by target.
  private var residuals: [String: [[Double]]] = [:]

  /// - Parameter targets: the names of the targets.
  public init(targets: [String]) { self.targets = targets }

  /// Adds steps, but not those that are labeled as anomalies.
  /// - Parameter names: the series of each; empty if there is one without a name.
  public mutating func add(_ steps: JudgedSteps, names: [String]) {
    for row in 0..<steps.rows {
      if steps.labels?[row] == true {
        excluded += 1
        continue
      }
      let name = names.isEmpty ? "" : names[row]
      for target in targets.indices {
        residuals[name, default: targets.map { _ in [] }][target].append(steps.residual(row, target))
      }
    }
  }

  /// A series that can't be calibrated, and why.
  public typealias Problem = (name: String, reason: Failure)

  /// The calibration for a rule.
  /// - Returns: the calibration, and the series that it leaves out.
  /// - Throws: `Failure` (data) if no series can be calibrated: there are too few steps, or a target's residuals are all
  ///   the same.
  public func calibration(_ rule: AnomalyThreshold) throws -> (AnomalyCalibration, leftOut: [Problem]) {
    var series: [String: SeriesCalibration] = [:]
    var leftOut: [Problem] = []
    for (name, residuals) in residuals.sorted(by: { $0.key < $1.key }) {
      do { series[name] = try calibration(rule, residuals) } catch let failure as Failure {
        leftOut.append((name, failure))
      }
    }
    guard !series.isEmpty else { throw nothing(leftOut) }
    return (AnomalyCalibration(rule: rule.description, series: series), leftOut)
  }

  private func nothing(_ leftOut: [Problem]) -> Failure {
    guard let first = leftOut.first else { return tooFew(0) }
    guard !first.name.isEmpty else { return first.reason }
    return .data(
      "no series can be calibrated; series \(first.name): \(first.reason.problem)",
      remedy: first.reason.remedy)
  }

  private func tooFew(_ rows: Int) -> Failure {
    .data(
      "only \(counted(rows, "step")) to calibrate on",
      remedy: "use at least \(Self.fewest), without anomalies")
  }

  private func calibration(_ rule: AnomalyThreshold, _ residuals: [[Double]]) throws -> SeriesCalibration {
    let rows = residuals.first?.count ?? 0
    guard rows >= Self.fewest else { throw tooFew(rows) }
    let scales = try zip(targets, residuals).map { name, residuals in
      guard let scale = ResidualScale(residuals) else {
        throw Failure.data(
          "column \(name): all residuals of the calibration data are the same",
          remedy: "calibrate on data in which it varies")
      }
      return scale
    }
    let thresholds = try zip(scales, residuals).map { scale, residuals in
      try rule.value(of: residuals.map(scale.score))
    }
    return SeriesCalibration(rows: rows, thresholds: thresholds, scales: scales)
  }
}
