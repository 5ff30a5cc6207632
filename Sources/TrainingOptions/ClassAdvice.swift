// Warnings about classes: validation rows that all have the same, as the last rows of sorted data have, and an output
// that chooses one class where rows can have several.

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
    get throws { [try validationWarning, softmaxWarning].compactMap(\.self) }
  }

  /// If the validation rows have one class, and rows drawn at random would hardly have it all.
  private var validationWarning: String? {
    get throws {
      guard let validation = rows.validation, plan.objective.terms[0].loss.isCrossEntropy,
        rows.targetWidths[0] == 1, validation.rows >= Self.fewest,
        let label = try validation.firstTarget(ofOutput: 0),
        try validation.count(ofTargets: 0, where: { $0 == label }).such == validation.rows
      else { return nil }
      let training = try rows.training.count(ofTargets: 0) { $0 == label }
      let (share, count) = (Double(training.such) / Double(max(1, training.all)), validation.rows)
      guard repeatElement(share, count: count).reduce(1, *) < Self.rare else { return nil }
      let name = Int(exactly: label).map { names?.name($0) ?? "\($0)" } ?? "\(label)"
      return
        "all \(count) validation rows have the class \(name), as \(training.such) of \(training.all) training "
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
