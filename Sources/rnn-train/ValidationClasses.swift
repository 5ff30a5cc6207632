// A warning about validation rows that all have one class, as the last rows of sorted data have.

import Sequences
import Training

/// The classes of the validation rows.
struct ValidationClasses {
  /// What to warn about; nil if the validation rows have several classes, or targets aren't classes.
  let warning: String?

  init(_ rows: TrainingRows, _ plan: TrainingPlan, _ names: ClassNames?) {
    guard let validation = rows.validation?.targets.first, let training = rows.training.targets.first,
      plan.objective.terms[0].loss.isCrossEntropy, training.width == 1,
      let label = validation.values.first, validation.values.allSatisfy({ $0 == label }),
      training.values.contains(where: { $0 != label })
    else {
      warning = nil
      return
    }
    let name = Int(exactly: label).map { names?.name($0) ?? "\($0)" } ?? "\(label)"
    warning =
      "all validation rows have the class \(name), but the training rows have several: the data seem to be sorted "
      + "(split them with rnn-split --stratified)"
  }
}
