// How a data set is split into parts, and how many rows each part gets.

import Failures

/// How a data set is split.
public enum Partition: Sendable, Equatable {
  /// At random; rows that are neither test nor validation rows are training rows.
  case random(test: PartSize, validation: PartSize?)
  /// At random, with the same class proportions in each part.
  case stratified(test: PartSize, validation: PartSize?)
  /// In row order: training, validation, test (with two sizes: training, test); further rows are dropped.
  case chronological([PartSize])

  /// The name in `rnn.split`.
  public var method: String {
    switch self {
    case .random: "random"
    case .stratified: "stratified"
    case .chronological: "chronological"
    }
  }

  /// The number of rows in each part (train, validation, test) out of `rows`. Throws `Failure(.data)` if
  /// there are too few rows, or if the training or test part would be empty.
  public func counts(rows: Int) throws(Failure) -> [Int] {
    switch self {
    case .random(let test, let validation), .stratified(let test, let validation):
      let tests = test.roundedUp(of: rows)
      let validations = validation?.roundedUp(of: rows) ?? 0
      let counts = [rows - tests - validations, validations, tests]
      let required = validation == nil ? [0, 2] : [0, 1, 2]
      return try check(counts, filled: required, rows: rows)
    case .chronological(let sizes):
      return try check(try chronologicalCounts(sizes, rows: rows), filled: [0], rows: rows)
    }
  }

  private func check(_ counts: [Int], filled parts: [Int], rows: Int) throws(Failure) -> [Int] {
    for part in parts where counts[part] < 1 {
      let name = ["training", "validation", "test"][part]
      throw Failure.data("no rows out of \(rows) are left for the \(name) part", remedy: "use other sizes")
    }
    return counts
  }

  private func chronologicalCounts(_ sizes: [PartSize], rows: Int) throws(Failure) -> [Int] {
    var ends = [0]
    var reached = 0.0
    for size in sizes {
      switch size {
      case .count(let count): reached += Double(count)
      case .fraction(let fraction): reached += fraction * Double(rows)
      }
      guard reached < Double(rows) + 0.5 else {
        throw Failure.data(
          "the parts need more than the \(rows) available rows", remedy: "use smaller parts")
      }
      // Because of rounding, a sum such as 0.7 + 0.1 + 0.2 is less than 1.
      ends.append(min(Int((reached + 1e-6).rounded(.down)), rows))
    }
    let counts = zip(ends.dropFirst(), ends).map { $0 - $1 }
    return counts.count == 2 ? [counts[0], 0, counts[1]] : counts
  }
}
