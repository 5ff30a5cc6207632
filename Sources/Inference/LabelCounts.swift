// Precision, recall and F1 of each class, if a row can have any number of classes.

import Sequences
import Tensor

/// Counts of right and wrong predictions for each class. A class is predicted where its output is above
/// the threshold.
struct LabelCounts {
  private let names: [String]
  private let threshold: Float
  private var (right, predicted, actual): ([Int], [Int], [Int])

  /// - Parameter threshold: 0.5 for probabilities, 0 for logits.
  init(_ classes: ClassNames, threshold: Float) {
    (names, self.threshold) = (classes.names, threshold)
    let zeros = [Int](repeating: 0, count: names.count)
    (right, predicted, actual) = (zeros, zeros, zeros)
  }

  /// Adds rows of outputs and of ones and zeros, both as wide as there are classes; others are not counted.
  mutating func add(_ outputs: Tensor, _ targets: Tensor) {
    let (values, truth) = (outputs.floats, targets.floats)
    guard outputs.rowWidth == names.count, values.count == truth.count else { return }
    for index in values.indices {
      let label = index % names.count
      let (isPredicted, isTrue) = (values[index] > threshold, truth[index] > 0.5)
      predicted[label] += isPredicted ? 1 : 0
      actual[label] += isTrue ? 1 : 0
      right[label] += isPredicted && isTrue ? 1 : 0
    }
  }

  /// `precision.NAME`, `recall.NAME` and `f1.NAME` of each class; 0 where nothing was predicted, or the class has no
  /// rows, as in scikit-learn.
  var values: [(String, Double)] {
    names.indices.flatMap { label -> [(String, Double)] in
      let (name, right) = (names[label], Double(right[label]))
      let sum = Double(predicted[label] + actual[label])
      return [
        ("precision.\(name)", predicted[label] == 0 ? 0 : right / Double(predicted[label])),
        ("recall.\(name)", actual[label] == 0 ? 0 : right / Double(actual[label])),
        ("f1.\(name)", sum == 0 ? 0 : 2 * right / sum),
      ]
    }
  }
}
