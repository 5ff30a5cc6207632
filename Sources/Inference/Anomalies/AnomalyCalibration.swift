// What is known of normal residuals: center, scale and threshold of each target. A model can keep it (`rnn.anomalies`), so
// that anomalies are found without held-out data at hand.

import Anomalies
import Failures
import JSON
import Sequences
import Tensor
import TensorFile

/// The calibration of scores.
public struct AnomalyCalibration: Sendable, Equatable {
  /// The rule of the thresholds, as written on the command line.
  public let rule: String
  /// The number of steps that it was calibrated on.
  public let rows: Int
  /// The threshold of each target, in scores.
  public let thresholds: [Double]
  private let scales: [ResidualScale]

  init(rule: String, rows: Int, scales: [ResidualScale], thresholds: [Double]) {
    (self.rule, self.rows, self.scales, self.thresholds) = (rule, rows, scales, thresholds)
  }

  /// The score of a target's residual.
  func score(_ residual: Double, target: Int) -> Double { scales[target].score(residual) }

  /// Whether a target's score is that of an anomaly.
  func isAnomaly(_ score: Double, target: Int) -> Bool { !(score <= thresholds[target]) }
}

// MARK: - In a model

extension AnomalyCalibration {
  private static let key = "rnn.anomalies"

  /// Reads the calibration in a model; nil if it has none.
  /// - Throws: `Failure` (data) if it is damaged.
  public init?(model: LoadedModel) throws {
    let header = model.file.header
    guard let object = try header.object(Self.key) else { return nil }
    let width = model.window?.targets.count ?? 0
    func numbers(_ name: String) -> [Double]? {
      header.side["\(Self.key).\(name)"]?.doubles.nonEmpty(count: width)
    }
    guard let rule = object["threshold"]?.string, let rows = object["rows"]?.int,
      let centers = numbers("center"), let scales = numbers("scale"), let thresholds = numbers("threshold"),
      scales.allSatisfy({ $0 > 0 && $0.isFinite }), centers.allSatisfy(\.isFinite)
    else { throw Failure.data("the description of its anomalies is damaged", at: model.path) }
    self.init(
      rule: rule, rows: rows, scales: zip(centers, scales).map { ResidualScale(center: $0, scale: $1) },
      thresholds: thresholds)
  }

  /// The header of the model with this calibration.
  public func header(of model: LoadedModel) -> StreamHeader {
    var header = model.file.header
    header.metadata[Self.key] =
      JSONValue.object(["threshold": .string(rule), "rows": .integer(Int64(rows))]).text
    header.side["\(Self.key).center"] = Tensor(scales.map(\.center))
    header.side["\(Self.key).scale"] = Tensor(scales.map(\.scale))
    header.side["\(Self.key).threshold"] = Tensor(thresholds)
    return header
  }
}

extension Array {
  fileprivate func nonEmpty(count: Int) -> [Element]? { count > 0 && self.count == count ? self : nil }
}

// MARK: - Calibrating

/// Collects the residuals of held-out steps.
public struct AnomalyCalibrator {
  /// The fewest steps to calibrate on.
  private static let fewest = 20

  /// The number of steps that were left out because they are labeled as anomalies.
  public private(set) var excluded = 0
  /// The number of steps.
  public var rows: Int { residuals.first?.count ?? 0 }
  private let targets: [String]
  private var residuals: [[Double]]

  /// - Parameter targets: the names of the targets.
  public init(targets: [String]) {
    self.targets = targets
    residuals = targets.map { _ in [] }
  }

  /// Adds steps, but not those that are labeled as anomalies.
  public mutating func add(_ steps: JudgedSteps) {
    for row in 0..<steps.rows {
      if steps.labels?[row] == true {
        excluded += 1
        continue
      }
      for target in targets.indices { residuals[target].append(steps.residual(row, target)) }
    }
  }

  /// The calibration for a rule.
  /// - Throws: `Failure` (data) if there are too few steps, or a target's residuals are all the same.
  public func calibration(_ rule: AnomalyThreshold) throws -> AnomalyCalibration {
    guard rows >= Self.fewest else {
      throw Failure.data(
        "only \(counted(rows, "step")) to calibrate on",
        remedy: "use at least \(Self.fewest), without anomalies")
    }
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
    return AnomalyCalibration(rule: rule.description, rows: rows, scales: scales, thresholds: thresholds)
  }
}
