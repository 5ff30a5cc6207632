// Warnings about targets that a network can't learn to predict as it stands, or metrics that say little about them.

import Networks
import Sequences
import TensorFile
import Training

/// What to warn about before training.
public struct TargetAdvice {
  private let plan: TrainingPlan
  private let rows: TrainingRows
  private let scale: ScaleKind
  private let isRelative: Bool

  /// - Parameter isRelative: whether windows are differences from their last value.
  /// - Throws: `Failure` (data) if the description of the scaling is damaged.
  public init(_ plan: TrainingPlan, _ rows: TrainingRows, _ header: StreamHeader, isRelative: Bool) throws {
    (self.plan, self.rows, self.isRelative) = (plan, rows, isRelative)
    scale = try Scaler(header: header)?.kind ?? .none
  }

  /// One line for each problem; throws `Failure` (io) if rows in a file can't be read.
  public var warnings: [String] {
    get throws {
      try roundingWarnings
        + rows.targetWidths.indices.flatMap { number in
          try [rangeWarning(number), percentageWarning(number)].compactMap { $0 }
        }
    }
  }

  private var roundingWarnings: [String] {
    rows.blurredColumns.map { column in
      "column \(column): single precision, in which networks compute, can't distinguish neighboring values "
        + "(subtract an offset, or scale them, in an earlier stage)"
    }
  }

  /// For targets outside the range of the function that computes the output.
  private func rangeWarning(_ number: Int) throws -> String? {
    let loss = plan.objective.terms[number].loss
    guard !loss.usesClassIDs, !loss.isOfSequences,
      let function = plan.architecture.topology.outputFunction(number)
    else { return nil }
    let range = function.range
    let targets = try rows.training.count(ofTargets: number) {
      $0 < range.lowerBound - 0.001 || $0 > range.upperBound + 0.001
    }
    guard targets.all > 0, targets.such * 100 >= targets.all else { return nil }
    let percent = 100 * targets.such / targets.all
    let limits =
      range.upperBound == .infinity
      ? "is never below \(text(range.lowerBound))"
      : "is always between \(text(range.lowerBound)) and \(text(range.upperBound))"
    return "\(percent)% of the training targets can't be predicted: the output activation \(function.name) "
      + "\(limits) (\(rangeRemedy(range)))"
  }

  private func text(_ bound: Float) -> String { bound == bound.rounded() ? "\(Int(bound))" : "\(bound)" }

  private func rangeRemedy(_ range: ClosedRange<Float>) -> String {
    let linear = "end with a layer without activation, such as dense(\(plan.classes))"
    if isRelative { return "differences from the last value may be negative: \(linear), or omit --relative" }
    return scale == .standard && range.contains(0.5) ? "\(linear), or use rnn-window --scale minmax" : linear
  }

  /// For percentages of targets that are zero, or scaled.
  private func percentageWarning(_ number: Int) throws -> String? {
    let term = plan.objective.terms[number]
    guard term.metrics.contains(.meanAbsolutePercentageError) else { return nil }
    if scale != .none || isRelative {
      return "mape is not meaningful for \(isRelative ? "differences" : "scaled targets") "
        + "(rnn-predict --evaluate computes it in the units of the data)"
    }
    let zeros = try rows.training.count(ofTargets: number) { $0 == 0 }
    return zeros.such == 0
      ? nil : "\(zeros.such) of \(zeros.all) training targets are zero, which makes mape meaningless"
  }
}
