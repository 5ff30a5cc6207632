// The weight of each class in the loss: `--class-weight "0=1,1=3"`, by id or name, or `balanced`. As in Keras,
// other classes have weight 1, and metrics and validation are not weighted. The weights of rows are multiplied by those
// of their classes; Keras 3 refuses to have both.

import Failures
import Networks
import Spelling

/// Weights by class.
public enum ClassWeights: Sendable, Equatable {
  /// All classes have the same total weight: rows / (classes * rows of the class), as in scikit-learn.
  case balanced
  /// Weights by class id.
  case given([Int: Float])

  /// Reads `0=1,1=3` or `balanced`.
  ///
  /// - Parameter names: the names of the classes in the order of their ids; empty if they have none.
  /// - Throws: `Failure` (usage) if the text is invalid or a class is unknown.
  public init(parsing text: String, names: [String]) throws {
    if text == "balanced" {
      self = .balanced
      return
    }
    var weights: [Int: Float] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let equals = part.lastIndex(of: "="), let weight = Float(part[part.index(after: equals)...]),
        weight >= 0, weight.isFinite
      else {
        throw Failure.usage(
          "class weights: '\(part)' is not class=weight", remedy: "such as \"0=1,1=3\" or balanced")
      }
      let number = try Self.number(String(part[..<equals]), names)
      guard weights.updateValue(weight, forKey: number) == nil else {
        throw Failure.usage("class weights: class \(part[..<equals]) is given twice")
      }
    }
    self = .given(weights)
  }

  private static func number(_ name: String, _ names: [String]) throws -> Int {
    if let number = names.firstIndex(of: name) { return number }
    guard let number = Int(name), number >= 0 else {
      throw Failure.usage(
        "class weights: there is no class '\(name)'",
        remedy: names.isEmpty ? "classes are numbered from 0" : suggestion(for: name, among: names))
    }
    return number
  }

  /// `data` with these weights for its rows, or for each step if every step has a class.
  ///
  /// - Parameter classes: the number of outputs per row and step.
  /// - Throws: `Failure` (usage) if the rows have no classes.
  public func applied(to data: DataSet, loss: Loss, classes: Int) throws -> DataSet {
    try conversion(of: RowSet(data), loss: loss, classes: classes)(data, [], 0)
  }

  /// The same for rows that may be in a file.
  /// - Throws: `Failure` (usage) if the rows have no classes, (io) if they can't be read.
  public func applied(to rows: RowSet, loss: Loss, classes: Int) throws -> RowSet {
    try rows.converted(conversion(of: rows, loss: loss, classes: classes))
  }

  /// What gives each of `rows` its weights.
  private func conversion(of rows: RowSet, loss: Loss, classes: Int) throws -> RowSet.Conversion {
    try check(rows, loss)
    try checkClasses(count: max(2, classes))
    let width = loss.usesClassIDs ? 1 : classes
    let weights = try weights(rows, width: width)
    return { data, _, _ in
      let ofClasses = Self.labels(data.targets[0].values, width: width).map { weights[$0] ?? 1 }
      guard !data.weights.isEmpty else { return data.weighted(ofClasses) }
      let perRow = ofClasses.count / max(1, data.rows)
      return data.weighted(ofClasses.enumerated().map { $1 * data.weights[$0 / perRow] })
    }
  }

  private func check(_ rows: RowSet, _ loss: Loss) throws {
    guard rows.targetWidths.count == 1 else {
      throw Failure.usage(
        "class weights need a network with a single output", remedy: "omit --class-weight")
    }
    guard loss.isCrossEntropy else {
      throw Failure.usage(
        "class weights need classes, but the loss is \(loss)", remedy: "omit --class-weight")
    }
    guard loss != .crf else {
      throw Failure.usage(
        "the loss crf is that of a whole row, which has no class", remedy: "omit --class-weight")
    }
  }

  private func checkClasses(count: Int) throws {
    guard case .given(let weights) = self, let unknown = weights.keys.filter({ $0 >= count }).min() else {
      return
    }
    throw Failure.usage(
      "class weights: there is no class \(unknown)", remedy: "the classes are 0 to \(count - 1)")
  }

  /// The class of each output: the target itself, or the index of the largest target (the first, if tied).
  private static func labels(_ targets: [Float], width: Int) -> [Int] {
    guard width > 1 else { return targets.map { Int($0.rounded(.toNearestOrEven)) } }
    return stride(from: 0, to: targets.count, by: width).map { start in
      (1..<width).reduce(0) { targets[start + $1] > targets[start + $0] ? $1 : $0 }
    }
  }

  /// The weight of each class that the rows have.
  private func weights(_ rows: RowSet, width: Int) throws -> [Int: Float] {
    if case .given(let weights) = self { return weights }
    var counts: [Int: Int] = [:]
    try rows.forEachBlock { data, _ in
      for label in Self.labels(data.targets[0].values, width: width) { counts[label, default: 0] += 1 }
    }
    let all = counts.values.reduce(0, +)
    return counts.mapValues { Float(Double(all) / (Double(counts.count) * Double($0))) }
  }
}
