// The confusion matrix: counts of true and predicted classes, as a table for people and as flat members of the
// evaluation's JSON for programs.

import Failures
import Sequences
import Tensor

/// The number of rows for each pair of true and predicted class.
public struct ConfusionCounts {
  private let names: [String]
  private let outputs: Int
  private let ignoredClass: Int?
  private let threshold: Float
  /// `counts[true][predicted]`.
  private var counts: [[Int]]

  /// - Parameters:
  ///   - outputs: the number of outputs per row and step: 1 for a probability or its logit, else one per class.
  ///   - names: the names of the classes, if the model has them.
  ///   - ignoredClass: the id of the class that is excluded.
  ///   - threshold: the threshold of a single output.
  init(outputs: Int, names: ClassNames?, ignoredClass: Int?, threshold: Float) {
    self.threshold = threshold
    self.outputs = outputs
    self.ignoredClass = ignoredClass
    let classes = max(2, outputs)
    self.names =
      names.flatMap { $0.count == classes ? $0.names : nil } ?? (0..<classes).map(String.init)
    counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
  }

  /// Counts predictions and targets, which are class ids or one-hot rows as wide as the outputs, without the masked
  /// ones.
  ///
  /// - Throws: `Failure` (data) if a target is not a class.
  mutating func add(prediction: [Float], targets: [Float], mask: [Bool]?) throws {
    let rows = prediction.count / outputs
    guard rows > 0 else { return }
    let width = targets.count / rows
    guard width == 1 || width == outputs else {
      throw Failure.data(
        "\(counted(outputs, "output")) can't be compared with \(width) target values", at: "column y")
    }
    for row in 0..<rows where mask?[row] ?? true {
      let label = try trueClass(targets[row * width..<(row + 1) * width])
      let predicted = predictedClass(prediction[row * outputs..<(row + 1) * outputs], threshold: threshold)
      if label == ignoredClass { continue }
      guard counts.indices.contains(label) else {
        throw Failure.data("the target \(label) is not a class from 0 to \(counts.count - 1)", at: "column y")
      }
      counts[label][predicted] += 1
    }
  }

  /// Counts one prediction by the classes' ids.
  mutating func add(label: Int, predicted: Int) {
    guard counts.indices.contains(label), counts.indices.contains(predicted) else { return }
    counts[label][predicted] += 1
  }

  /// The class of a target: a class id itself, else as for predictions.
  private func trueClass(_ target: ArraySlice<Float>) throws -> Int {
    guard target.count == 1, let value = target.first else { return predictedClass(target, threshold: 0.5) }
    if let id = Int(exactly: value) { return id }
    throw Failure.data(
      "the target \(value) is a number, not a class", at: "column y", remedy: "omit --confusion")
  }

  /// The name `confusion.TRUE.PREDICTED` and the count of every pair of classes.
  public var members: [(String, Int)] {
    names.indices.flatMap { label in
      names.indices.map { ("confusion.\(names[label]).\(names[$0])", counts[label][$0]) }
    }
  }

  /// The matrix as aligned lines: one per true class, with one column per predicted class, and recall and precision.
  ///
  /// - Parameter fraction: formats a number from 0 to 1.
  public func lines(fraction: (Double) -> String) -> [String] {
    alignedLines(table(fraction))
  }

  private func table(_ fraction: (Double) -> String) -> [[String]] {
    func quotient(_ part: Int, of total: Int) -> String {
      total == 0 ? "-" : fraction(Double(part) / Double(total))
    }
    var rows = [["true \\ predicted"] + names + ["recall"]]
    for label in names.indices {
      let total = counts[label].reduce(0, +)
      rows.append(
        [names[label]] + counts[label].map(String.init) + [quotient(counts[label][label], of: total)])
    }
    let totals = names.indices.map { predicted in counts.reduce(0) { $0 + $1[predicted] } }
    rows.append(["precision"] + names.indices.map { quotient(counts[$0][$0], of: totals[$0]) } + [""])
    return rows
  }
}
