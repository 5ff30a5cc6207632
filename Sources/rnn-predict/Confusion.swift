// Which classes were taken for which: counts of true and predicted classes, as a table for people and as flat
// members of the evaluation's JSON for programs.

import Failures
import Sequences
import Stage
import Tensor

/// Counts of pairs of true and predicted classes.
struct Confusion {
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
  mutating func add(prediction: [Float], truth: [Float], mask: [Bool]?) throws {
    let rows = prediction.count / outputs
    guard rows > 0 else { return }
    let width = truth.count / rows
    guard width == 1 || width == outputs else {
      throw Failure.data("\(outputs) outputs can't be counted by \(width) target numbers", at: "column y")
    }
    for row in 0..<rows where mask?[row] ?? true {
      let label = chosen(truth[row * width..<(row + 1) * width])
      let guess = chosen(prediction[row * outputs..<(row + 1) * outputs])
      if label == ignoredClass { continue }
      guard counts.indices.contains(label) else {
        throw Failure.data("the target \(label) is no class of 0 to \(counts.count - 1)", at: "column y")
      }
      counts[label][guess] += 1
    }
  }

  /// The class that numbers speak for: the largest one's; of one number, itself where it is whole (a label),
  /// else the side of one half on which it lies.
  private func chosen(_ values: ArraySlice<Float>) -> Int {
    guard values.count == 1, let value = values.first else {
      let best = values.indices.reduce(values.startIndex) { values[$1] > values[$0] ? $1 : $0 }
      return best - values.startIndex
    }
    return Int(exactly: value) ?? (value > 0.5 ? 1 : 0)
  }

  /// `confusion.TRUE.PREDICTED` and the count, for every pair of classes.
  var members: [(String, Int)] {
    names.indices.flatMap { truth in
      names.indices.map { ("confusion.\(names[truth]).\(names[$0])", counts[truth][$0]) }
    }
  }

  /// Lines with a row for each true class and a column for each predicted one, and the classes' recall and
  /// precision.
  var table: [String] {
    var rows = [["true \\ predicted"] + names + ["recall"]]
    for truth in names.indices {
      let total = counts[truth].reduce(0, +)
      rows.append(
        [names[truth]] + counts[truth].map(String.init) + [Self.share(counts[truth][truth], of: total)])
    }
    let totals = names.indices.map { guess in counts.reduce(0) { $0 + $1[guess] } }
    rows.append(["precision"] + names.indices.map { Self.share(counts[$0][$0], of: totals[$0]) } + [""])
    return Self.aligned(rows)
  }

  private static func share(_ part: Int, of total: Int) -> String {
    total == 0 ? "-" : NumberText.fixed(Double(part) / Double(total), 4)
  }

  /// Columns of one width each: the first to the left, the others to the right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }
  }
}
