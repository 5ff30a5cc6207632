// Classes and their shares of the parts, for a split that keeps the classes' proportions.

import Failures

/// Shares out classes among parts so that each part has them in proportion, as scikit-learn's
/// `StratifiedShuffleSplit` does: the training part first, by largest remainder.
public struct Stratifier: Sendable {
  /// The most classes that are taken for classes; more, and the column is a measurement.
  public static let mostClasses = 100_000
  /// The class of each distinct label.
  private var classes: [Double: Int] = [:]
  private var members: [Int] = []

  /// No rows counted yet.
  public init() {}

  /// Counts a row. Throws `Failure(.data)` where the labels are too many to be classes.
  public mutating func add(_ label: Double) throws(Failure) {
    if let known = classes[label] {
      members[known] += 1
    } else {
      guard label.isFinite, classes.count < Self.mostClasses else {
        throw Failure.data("the labels are no classes", remedy: "--random splits without looking at them")
      }
      classes[label] = classes.count
      members.append(1)
    }
  }

  /// The number of a label that was added before.
  public func index(of label: Double) -> Int { classes[label] ?? 0 }

  /// For each class, how many of its rows go to train, validation and test. Throws `Failure(.data)` where a
  /// class has one row only, or a part has fewer rows than there are classes.
  public func shares(counts: [Int]) throws(Failure) -> [[Int]] {
    for (label, number) in classes where members[number] < 2 {
      let text = label == label.rounded() && abs(label) < 1e15 ? String(Int(label)) : String(label)
      throw Failure.data("class \(text) has one row only, which can't be in two parts")
    }
    for count in counts where count > 0 && count < members.count {
      throw Failure.data("a part of \(count) rows can't hold each of \(members.count) classes")
    }
    let train = proportional(counts[0], among: members)
    let rest = zip(members, train).map { $0 - $1 }
    let validation = proportional(counts[1], among: rest)
    return members.indices.map { [train[$0], validation[$0], rest[$0] - validation[$0]] }
  }

  /// `draws` shared among classes of `sizes`: the whole part of each share, and the largest remainders
  /// rounded up (among equals the class seen first).
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
