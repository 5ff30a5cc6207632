// What rows of each class count in the loss: `--class-weight "0=1,1=3"`, by numbers or names, or `balanced`.
// As in Keras, a class that isn't named counts 1, metrics know no weights, and validation doesn't either.

import Failures
import Networks
import Spelling

/// Weights by class.
public enum ClassWeights: Sendable, Equatable {
  /// Every class counts as much as any other: rows / (classes * rows of the class), as scikit-learn has it.
  case balanced
  /// These, by class number.
  case given([Int: Float])

  /// Reads `0=1,1=3` or `balanced`.
  ///
  /// - Parameter names: the classes' names in the order of their numbers; none where they have none.
  /// - Throws: `Failure` (usage) where the text makes no sense or names an unknown class.
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
          "class weights: '\(part)' is no class=weight", remedy: "such as \"0=1,1=3\" or balanced")
      }
      let number = try Self.number(String(part[..<equals]), names)
      guard weights.updateValue(weight, forKey: number) == nil else {
        throw Failure.usage("class weights: class \(part[..<equals]) stands twice")
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

  /// `data` with these weights for its rows, or for each output of a row that has several.
  ///
  /// - Parameter classes: the network's outputs of a row and step.
  /// - Throws: `Failure` (usage) where the rows have no classes, or weights already.
  public func weighing(_ data: DataSet, loss: Loss, classes: Int) throws -> DataSet {
    guard loss.isCrossentropy else {
      throw Failure.usage("class weights need classes, which \(loss) doesn't have", remedy: "leave them out")
    }
    guard let targets = data.targets.first, data.targets.count == 1 else {
      throw Failure.usage(
        "class weights are for a network with one output", remedy: "leave --class-weight out")
    }
    guard data.weights.isEmpty else {
      throw Failure.usage(
        "the rows have weights of their own, in the column weight", remedy: "leave --class-weight out")
    }
    let labels = labels(targets.values, width: loss.takesLabels ? 1 : classes)
    let weights = weights(labels)
    return data.weighted(labels.map { weights[$0] ?? 1 })
  }

  /// The class of each output: the number itself, or the place of the largest target, the first of several.
  private func labels(_ targets: [Float], width: Int) -> [Int] {
    guard width > 1 else { return targets.map { Int($0.rounded(.toNearestOrEven)) } }
    return stride(from: 0, to: targets.count, by: width).map { start in
      (1..<width).reduce(0) { targets[start + $1] > targets[start + $0] ? $1 : $0 }
    }
  }

  private func weights(_ labels: [Int]) -> [Int: Float] {
    if case .given(let weights) = self { return weights }
    let counts = labels.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
    return counts.mapValues { Float(Double(labels.count) / (Double(counts.count) * Double($0))) }
  }
}
