// Stratified splits: the number of rows of each class in each part.

import Failures

/// Distributes classes among parts in proportion, as scikit-learn's `StratifiedShuffleSplit` does: the
/// training part first, by largest remainder.
public struct Stratifier: Sendable {
  /// The maximum number of classes; a column with more distinct values is not a class label.
  public static let maxClasses = 100_000
  /// The class of each distinct label.
  private var classes: [Double: Int] = [:]
  private var members: [Int] = []

  /// No rows counted yet.
  public init() {}

  /// Counts a row. Throws `Failure(.data)` if there are too many distinct labels to be classes.
  public mutating func add(_ label: Double) throws(Failure) {
    if let known = classes[label] {
      members[known] += 1
    } else {
      guard label.isFinite, classes.count < Self.maxClasses else {
        throw Failure.data("the labels in y are not classes", remedy: "use --random, which ignores labels")
      }
      classes[label] = classes.count
      members.append(1)
    }
  }

  /// The class index of a label that was added before.
  public func index(of label: Double) -> Int { classes[label] ?? 0 }

  /// The number of training, validation and test rows of each class. Throws `Failure(.data)` if a class has
  /// only one row, or if a part has fewer rows than there are classes.
  public func shares(counts: [Int]) throws(Failure) -> [[Int]] {
    for (label, number) in classes where members[number] < 2 {
      let text = label == label.rounded() && abs(label) < 1e15 ? String(Int(label)) : String(label)
      throw Failure.data(
        "class \(text) has only one row, which can't be in two parts",
        remedy: "add rows of this class, or use --random, which ignores labels")
    }
    for count in counts where count > 0 && count < members.count {
      throw Failure.data(
        "a part of \(counted(count, "row")) can't hold each of \(counted(members.count, "class", "classes"))",
        remedy:
          "give each part at least \(counted(members.count, "row")), or use --random, which ignores labels")
    }
    let train = proportional(counts[0], among: members)
    let rest = zip(members, train).map { $0 - $1 }
    let validation = proportional(counts[1], among: rest)
    return members.indices.map { [train[$0], validation[$0], rest[$0] - validation[$0]] }
  }

  /// Distributes `draws` among classes of `sizes`: shares are rounded down, and those with the largest
  /// remainders up (in case of a tie, the class seen first).
  private func proportional(_ draws: Int, among sizes: [Int]) -> [Int] {
    let total = sizes.reduce(0, +)
    guard total > 0 else { return sizes }
    let products = sizes.map { $0.multipliedFullWidth(by: draws) }
    let divided = products.map { total.dividingFullWidth($0) }
    var shares = divided.map(\.quotient)
    let missing = draws - shares.reduce(0, +)
    let order = sizes.indices.sorted { (divided[$0].remainder, $1) > (divided[$1].remainder, $0) }
    for index in order.prefix(max(0, missing)) { shares[index] += 1 }
    return shares
  }
}
