// What one thread knows of the tokens it has seen: how often each came, where first, and the numbers that
// stand for them until the vocabulary is known.

import Synchronization
import Tensor
import TensorFile

/// How often a token was counted, and where first.
struct TokenTally: Sendable {
  var count = 0
  /// The row in the upper half, the token's place within the row in the lower.
  var first = UInt64.max

  mutating func merge(_ other: TokenTally) {
    count += other.count
    first = min(first, other.first)
  }
}

extension [TokenTally] {
  /// The places of the `count` highest counts, at most, highest first; of equal ones, the one seen first.
  func commonest(_ count: Int) -> [Int] {
    let least = leastCount(count)
    let places = indices.filter { self[$0].count >= least }
    let order = places.sorted { (self[$1].count, self[$0].first) < (self[$0].count, self[$1].first) }
    return [Int](order.prefix(count))
  }

  /// A count that at least `wanted` tokens reach, where there are so many: most tokens of a text are rare,
  /// and need no sorting where few are wanted.
  private func leastCount(_ wanted: Int) -> Int {
    var histogram = [Int](repeating: 0, count: 256)
    for tally in self { histogram[Swift.min(tally.count, 255)] += 1 }
    var (least, reached) = (255, histogram[255])
    while least > 1, reached < wanted {
      least -= 1
      reached += histogram[least]
    }
    return least
  }
}

/// The number that stands for a token between the passes: threads number tokens by themselves, so a number
/// tells whose it is.
struct TokenNumber {
  /// What stands for the start of a sequence.
  static let start: Int32 = 0
  /// How many threads number tokens.
  let threads: Int

  /// The number of token `index` of a thread's table.
  @inline(__always)
  func callAsFunction(_ index: Int, thread: Int) -> Int32 {
    Int32(truncatingIfNeeded: index &* threads &+ thread &+ 1)
  }

  /// How many tokens a thread's table may have.
  var capacity: Int { Int(Int32.max) / threads - 1 }
}

/// What one thread has counted so far.
struct TokenCounts {
  let rules: TokenRules
  let thread: Int
  let number: TokenNumber
  private var cutter: TokenCutter
  private(set) var table = TokenTable()
  /// How often each token was counted; by itself, as it is gone through for every token of the text.
  private var counts: [Int] = []
  /// Where each token was counted first.
  private var firsts: [UInt64] = []

  init(_ rules: TokenRules, thread: Int, of threads: Int) {
    self.rules = rules
    self.thread = thread
    number = TokenNumber(threads: threads)
    cutter = TokenCutter(rules)
  }

  /// The numbers of the tokens in rows `rows` of `text`, which are counted where `isCounted` says so.
  /// - Parameter firstRow: how many rows came before `text`.
  mutating func number(
    _ rows: Range<Int>, of text: Rows, firstRow: Int, where isCounted: [Bool]?
  ) -> Ragged {
    var numbers: [Int32] = []
    var lengths: [Int32] = []
    let (bytes, offsets) = (text.bytes, text.offsets)
    numbers.reserveCapacity((offsets[rows.upperBound] - offsets[rows.lowerBound]) / 4)
    for index in rows {
      cutter.cut(bytes.span.extracting(offsets[index]..<offsets[index + 1]), into: &table)
      if isCounted?[index] ?? true { count(row: UInt64(firstRow + index)) }
      lengths.append(appendRow(to: &numbers))
    }
    return Ragged(values: Tensor(numbers), lengths: lengths)
  }

  /// Text as a column has it.
  struct Rows: Sendable {
    let bytes: [UInt8]
    let offsets: [Int]
  }

  /// A tally of every token, those included that were never counted.
  var tallies: [TokenTally] {
    (0..<table.count).map { index in
      index < counts.count ? TokenTally(count: counts[index], first: firsts[index]) : TokenTally()
    }
  }

  private mutating func count(row number: UInt64) {
    let new = table.count - counts.count
    counts.append(contentsOf: repeatElement(0, count: new))
    firsts.append(contentsOf: repeatElement(.max, count: new))
    let places = cutter.places
    for (place, index) in places.enumerated() {
      if counts[Int(index)] == 0 { firsts[Int(index)] = number << 32 | UInt64(place) }
      counts[Int(index)] += 1
    }
  }

  private func appendRow(to numbers: inout [Int32]) -> Int32 {
    let (places, starts) = (cutter.places, rules.start)
    let row = places.span
    numbers.append(addingCapacity: row.count + 1) { numbers in
      if starts { numbers.append(TokenNumber.start) }
      for place in row.indices { numbers.append(number(Int(row[place]), thread: thread)) }
    }
    return Int32(row.count + (starts ? 1 : 0))
  }
}

/// Counts that each thread keeps for itself from chunk to chunk; their lock is never waited for.
final class TokenCounter: Sendable {
  let counts: Mutex<TokenCounts>

  init(_ rules: TokenRules, thread: Int, of threads: Int) {
    counts = Mutex(TokenCounts(rules, thread: thread, of: threads))
  }
}

/// What all threads have counted, put together.
struct MergedCounts {
  /// Every token that any thread has seen.
  private(set) var table: TokenTable
  /// How often, and where first, each token of `table` was counted.
  private(set) var tallies: [TokenTally]
  /// The place in `table` of each token of each thread.
  private(set) var places: [[Int32]]

  /// - Parameter counts: those of one thread or more, in order.
  init(_ counts: [TokenCounts]) {
    (table, tallies, places) = (counts[0].table, counts[0].tallies, [Array(0..<Int32(counts[0].table.count))])
    for counts in counts.dropFirst() {
      let found = table.insert(contentsOf: counts.table)
      tallies.append(contentsOf: repeatElement(TokenTally(), count: table.count - tallies.count))
      for (place, tally) in zip(found, counts.tallies) { tallies[Int(place)].merge(tally) }
      places.append(found)
    }
  }
}
