// Which part each row belongs to: train (0), validation (1) or test (2). Rows keep their order, and the part
// of a row depends on the seed, the row's number and the number of rows alone, not on chunks or threads.
//
// Exact counts without a permutation: going through the rows, each takes a part with the probability of what
// is left of it among the rows left (selection sampling; Knuth, The Art of Computer Programming, vol. 2,
// 3.4.2, Algorithm S). Every assignment of these counts is equally likely, in constant memory.

import Failures
import RandomNumbers

/// The size of a part: rows, or a share of all rows.
public enum PartSize: Sendable, Equatable {
  /// So many rows.
  case count(Int)
  /// A share between 0 and 1.
  case share(Double)

  /// Reads `2880` (rows), `0.2` or `20%`; nil for anything else.
  public init?(_ text: String) {
    let percent = text.hasSuffix("%")
    if !percent, let count = Int(text) {
      guard count >= 0 else { return nil }
      self = .count(count)
    } else {
      guard let number = Double(percent ? String(text.dropLast()) : text) else { return nil }
      let share = percent ? number / 100 : number
      guard (0...1).contains(share) else { return nil }
      self = .share(share)
    }
  }

  /// Rows of `total`, a share rounded up as scikit-learn's `train_test_split` does for the test part; one
  /// too many where there are not so many.
  func roundedUp(of total: Int) -> Int {
    switch self {
    case .count(let count): min(count, total + 1)
    case .share(let share): Int((share * Double(total)).rounded(.up))
    }
  }
}

/// How a data set is split.
public enum Partition: Sendable, Equatable {
  /// By chance; what is neither test nor validation is train.
  case random(test: PartSize, validation: PartSize?)
  /// By chance, with each class shared out in proportion.
  case stratified(test: PartSize, validation: PartSize?)
  /// The first rows train, the next validation, the next test (two sizes: no validation); rows behind them
  /// are cut off.
  case chronological([PartSize])

  /// The name in `rnn.split`.
  public var method: String {
    switch self {
    case .random: "random"
    case .stratified: "stratified"
    case .chronological: "chronological"
    }
  }

  /// How many of `rows` rows each part gets: train, validation, test. Throws `Failure(.data)` where there
  /// are too few rows, or the training or test part would be empty.
  public func counts(rows: Int) throws(Failure) -> [Int] {
    switch self {
    case .random(let test, let validation), .stratified(let test, let validation):
      let tests = test.roundedUp(of: rows)
      let validations = validation?.roundedUp(of: rows) ?? 0
      let counts = [rows - tests - validations, validations, tests]
      let asked = validation == nil ? [0, 2] : [0, 1, 2]
      return try check(counts, filled: asked, rows: rows)
    case .chronological(let sizes):
      return try check(try chronologicalCounts(sizes, rows: rows), filled: [0], rows: rows)
    }
  }

  private func check(_ counts: [Int], filled parts: [Int], rows: Int) throws(Failure) -> [Int] {
    for part in parts where counts[part] < 1 {
      let name = ["training", "validation", "test"][part]
      throw Failure.data("of \(rows) rows none is left for the \(name) part", remedy: "take other sizes")
    }
    return counts
  }

  private func chronologicalCounts(_ sizes: [PartSize], rows: Int) throws(Failure) -> [Int] {
    var ends = [0]
    var reached = 0.0
    for size in sizes {
      switch size {
      case .count(let count): reached += Double(count)
      case .share(let share): reached += share * Double(rows)
      }
      guard reached < Double(rows) + 0.5 else {
        throw Failure.data(
          "the parts take more than the \(rows) rows there are", remedy: "take smaller parts")
      }
      // A sum like 0.7 + 0.1 + 0.2 falls short of 1 by rounding alone.
      ends.append(min(Int((reached + 1e-6).rounded(.down)), rows))
    }
    let counts = zip(ends.dropFirst(), ends).map { $0 - $1 }
    return counts.count == 2 ? [counts[0], 0, counts[1]] : counts
  }
}

/// Gives each row its part, in row order.
public struct PartAssigner: Sendable {
  /// What is left of each part, for each class (all rows one class where there are none); nil where parts
  /// follow each other.
  private var left: [[Int]]?
  /// The row behind each part's last.
  private let ends: [Int]
  private var random: RandomStream
  private var row = 0

  /// A random or chronological assignment of `counts` (train, validation, test) rows.
  public init(_ partition: Partition, counts: [Int], seed: UInt64) {
    random = RandomStream(seed: seed, stream: Self.stream)
    ends = [counts[0], counts[0] + counts[1], counts[0] + counts[1] + counts[2]]
    if case .chronological = partition { left = nil } else { left = [counts] }
  }

  /// A stratified assignment: `shares[c]` says how many rows of class `c` each part gets.
  public init(shares: [[Int]], seed: UInt64) {
    random = RandomStream(seed: seed, stream: Self.stream)
    ends = []
    left = shares
  }

  /// The random stream that splits draw from ("split" in ASCII), apart from those of other purposes.
  private static let stream: UInt64 = 0x73_706C_6974

  /// The next row's part, nil where it is cut off. `label` is its class (0 where there are none).
  public mutating func next(label: Int = 0) -> UInt8? {
    defer { row += 1 }
    guard let left else { return ends.firstIndex { row < $0 }.map(UInt8.init) }
    let rest = left[label][0] + left[label][1] + left[label][2]
    guard rest > 0 else { return nil }
    let draw = random.index(below: rest)
    let part = draw < left[label][0] ? 0 : draw < left[label][0] + left[label][1] ? 1 : 2
    self.left?[label][part] -= 1
    return UInt8(part)
  }
}
