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

  /// One line for each problem.
  public var warnings: [String] { [validationWarning, softmaxWarning].compactMap(\.self) }

  /// If the validation rows have one class, and rows drawn at random would hardly have it all.
  private var validationWarning: String? {
    guard let validation = rows.validation?.targets.first, let training = rows.training.targets.first,
      plan.objective.terms[0].loss.isCrossEntropy, training.width == 1,
      validation.values.count >= Self.fewest, let label = validation.values.first,
      validation.values.allSatisfy({ $0 == label })
    else { return nil }
    let same = training.values.count { $0 == label }
    let share = Double(same) / Double(max(1, training.values.count))
    guard repeatElement(share, count: validation.values.count).reduce(1, *) < Self.rare else { return nil }
    let name = Int(exactly: label).map { names?.name($0) ?? "\($0)" } ?? "\(label)"
    let count = validation.values.count
    return
      "all \(count) validation rows have the class \(name), as \(same) of \(training.values.count) training "
      + "rows have: the rows seem to be sorted by class (split them with rnn-split --stratified)"
  }

  private var softmaxWarning: String? {
    guard names?.allowsSeveral == true, plan.architecture.topology.outputFunction(0)?.name == "softmax" else {
      return nil
    }
    return "rows can have several classes, but softmax makes the outputs of a row sum to 1 "
      + "(end with dense(\(plan.classes),sigmoid))"
  }
}
