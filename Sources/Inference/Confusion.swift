// Which classes were taken for which: counts of true and predicted classes, as a table for people and as flat
// members of the evaluation's JSON for programs.

import Failures
import Sequences
import Tensor

/// Counts of pairs of true and predicted classes.
public struct Confusion {
  private let names: [String]
  private let outputs: Int
  private let ignoredClass: Int?
  /// `counts[true][predicted]`.
  private var counts: [[Int]]

  /// - Parameters:
  ///   - outputs: the network's outputs of a row and step: one is a probability, more are one for each class.
  ///   - names: the classes' names, where the model has them.
  ///   - ignoredClass: the class number whose places are left out.
  init(outputs: Int, names: ClassNames?, ignoredClass: Int?) {
    self.outputs = outputs
    self.ignoredClass = ignoredClass
    let classes = max(2, outputs)
    self.names =
      names.flatMap { $0.count == classes ? $0.names : nil } ?? (0..<classes).map(String.init)
    counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
  }

  /// Takes predictions and targets, which are class numbers, or one-hot rows as wide as the outputs; of all
  /// places, or of those that `mask` lets through.
  mutating func add(prediction: [Float], targets: [Float], mask: [Bool]?) throws {
    let rows = prediction.count / outputs
    guard rows > 0 else { return }
    let width = targets.count / rows
    guard width == 1 || width == outputs else {
      throw Failure.data("\(outputs) outputs can't be counted by \(width) target numbers", at: "column y")
    }
    for row in 0..<rows where mask?[row] ?? true {
      let label = chosen(targets[row * width..<(row + 1) * width])
      let guess = chosen(prediction[row * outputs..<(row + 1) * outputs])
      if label == ignoredClass { continue }
      guard counts.indices.contains(label) else {
        throw Failure.data("the target \(label) is no class of 0 to \(counts.count - 1)", at: "column y")
      }
      counts[label][guess] += 1
    }
  }

  /// The class that numbers stand for: the largest one's; of one number, itself where it is whole (a label),
  /// else the side of one half on which it lies.
  private func chosen(_ values: ArraySlice<Float>) -> Int {
    guard values.count == 1, let value = values.first else {
      let best = values.indices.reduce(values.startIndex) { values[$1] > values[$0] ? $1 : $0 }
      return best - values.startIndex
    }
    return Int(exactly: value) ?? (value > 0.5 ? 1 : 0)
  }

  /// `confusion.TRUE.PREDICTED` and the count, for every pair of classes.
  public var members: [(String, Int)] {
    names.indices.flatMap { label in
      names.indices.map { ("confusion.\(names[label]).\(names[$0])", counts[label][$0]) }
    }
  }

  /// Rows of cells: one for each true class with a column for each predicted one, and the classes' recall and
  /// precision.
  ///
  /// - Parameter share: writes a number from 0 to 1.
  public func table(share: (Double) -> String) -> [[String]] {
    func quotient(_ part: Int, of total: Int) -> String {
      total == 0 ? "-" : share(Double(part) / Double(total))
    }
    var rows = [["true \\ predicted"] + names + ["recall"]]
    for label in names.indices {
      let total = counts[label].reduce(0, +)
      rows.append(
        [names[label]] + counts[label].map(String.init) + [quotient(counts[label][label], of: total)])
    }
    let totals = names.indices.map { guess in counts.reduce(0) { $0 + $1[guess] } }
    rows.append(["precision"] + names.indices.map { quotient(counts[$0][$0], of: totals[$0]) } + [""])
    return rows
  }
}
