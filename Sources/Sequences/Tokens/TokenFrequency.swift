// How often tokens occur, and the most frequent ones.

/// How often a token was counted, and its first occurrence.
struct TokenFrequency: Sendable {
  var count = 0
  /// The row in the upper half, the position within the row in the lower half.
  var first = UInt64.max

  mutating func merge(_ other: TokenFrequency) {
    count += other.count
    first = min(first, other.first)
  }
}

extension [TokenFrequency] {
  /// The indices of at most `count` tokens with the highest counts, highest first; in case of a tie, the
  /// token that occurred first.
  func mostFrequent(_ count: Int) -> [Int] {
    let least = leastCount(count)
    let candidates = indices.filter { self[$0].count >= least }
    let order = candidates.sorted { (self[$1].count, self[$0].first) < (self[$0].count, self[$1].first) }
    return [Int](order.prefix(count))
  }

  /// A count that at least `wanted` tokens reach, if there are that many. Most tokens of a text are rare and
  /// need not be sorted if few are wanted.
  private func leastCount(_ wanted: Int) -> Int {
    var histogram = [Int](repeating: 0, count: 256)
    for frequency in self { histogram[Swift.min(frequency.count, 255)] += 1 }
    var (least, reached) = (255, histogram[255])
    while least > 1, reached < wanted {
      least -= 1
      reached += histogram[least]
    }
    return least
  }
}
