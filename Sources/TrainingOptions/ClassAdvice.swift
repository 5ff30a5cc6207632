// Warnings about classes: rows that all have the same, validation rows that do, as the last rows of sorted data have, and
// an output that chooses one class where rows can have several.

import Sequences
import Training

/// What to warn about before training a classifier.
public struct ClassAdvice {
  private let rows: TrainingRows
  private let plan: TrainingPlan
  private let names: ClassNames?
  /// Below this probability, rows of one class are unlikely to be chance.
  private static let rare = 0.01
  /// Fewer rows say nothing.
  private static let fewest = 5

  /// - Parameter names: the names of the classes; nil if they have none.
  public init(_ rows: TrainingRows, _ plan: TrainingPlan, _ names: ClassNames?) {
    (self.rows, self.plan, self.names) = (rows, plan, names)
  }

  /// One line for each problem; throws `Failure` (io) if rows in a file can't be read.
  public var warnings: [String] {
    get throws { [try trainingWarning, try validationWarning, softmaxWarning].compactMap(\.self) }
  }

  /// If there is only one class, there is nothing to tell it from.
  private var trainingWarning: String? {
    get throws {
      guard hasOneClassPerRow, rows.training.rows >= Self.fewest,
        let label = try rows.training.commonTarget(ofOutput: 0)
      else { return nil }
      return
        "all \(rows.training.rows) training rows have the class \(name(label)), so the model can only learn to answer it"
    }
  }

  private var hasOneClassPerRow: Bool {
    plan.objective.terms[0].loss.isCrossEntropy && rows.targetWidths[0] == 1
  }

  private func name(_ label: Float) -> String {
    Int(exactly: label).map { names?.name($0) ?? "\($0)" } ?? "\(label)"
  }

  /// If the validation rows have one class, and rows drawn at random would hardly have it all.
  private var validationWarning: String? {
    get throws {
      guard hasOneClassPerRow, let validation = rows.validation, validation.rows >= Self.fewest,
        let label = try validation.commonTarget(ofOutput: 0)
      else { return nil }
      let training = try rows.training.count(ofTargets: 0) { $0 == label }
      let (share, count) = (Double(training.such) / Double(max(1, training.all)), validation.rows)
      guard repeatElement(share, count: count).reduce(1, *) < Self.rare else { return nil }
      return
        "all \(count) validation rows have the class \(name(label)), as \(training.such) of \(training.all) training "
        + "rows have: the rows seem to be sorted by class (split them with rnn-split --stratified)"
    }
  }

  private var softmaxWarning: String? {
    guard names?.allowsSeveral == true, plan.architecture.topology.outputFunction(0)?.name == "softmax" else {
      return nil
    }
    return "rows can have several classes, but softmax makes the outputs of a row sum to 1 "
      + "(end with dense(\(plan.classes),sigmoid))"
  }
}
