// Counts of values by size, as Prometheus has them: how many were at most as large as each limit, and their sum.

/// A histogram.
package struct Histogram: Sendable {
  /// The upper limits, rising; a last one without limit is implied.
  package let limits: [Double]
  /// How many values were between a limit and the one before.
  package private(set) var counts: [Int]
  /// The sum of all values.
  package private(set) var sum = 0.0

  package init(limits: [Double]) {
    self.limits = limits
    counts = Array(repeating: 0, count: limits.count + 1)
  }

  /// Adds a value.
  package mutating func add(_ value: Double) {
    counts[limits.firstIndex { value <= $0 } ?? limits.count] += 1
    sum += value
  }

  /// How many values were at most as large as each limit, and how many there are in total.
  package var cumulative: [Int] {
    var total = 0
    return counts.map { count in
      total += count
      return total
    }
  }
}
