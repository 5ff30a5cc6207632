// Counts the tokens of one thread, and replaces them with provisional ids until the vocabulary is known.

import Failures
import Tensor
import TensorFile

/// The tokens that one thread has counted so far.
struct TokenCounter {
  let rules: TokenRules
  let thread: Int
  let id: ProvisionalID
  private var tokenizer: Tokenizer
  private(set) var table = TokenTable()
  /// How often each token was counted; a separate array, since it is accessed for every token of the text.
  private var counts: [Int] = []
  /// The first occurrence of each token.
  private var firsts: [UInt64] = []

  init(_ rules: TokenRules, thread: Int, of threads: Int) {
    self.rules = rules
    self.thread = thread
    id = ProvisionalID(threads: threads)
    tokenizer = Tokenizer(rules)
  }

  /// The provisional ids of the tokens in `rows` of `text`. Rows are counted unless `isCounted` is false for
  /// them.
  /// - Parameter firstRow: the number of rows before `text`.
  mutating func provisionalIDs(
    of rows: Range<Int>, in text: Rows, firstRow: Int, where isCounted: [Bool]?
  ) -> Ragged {
    var ids: [Int32] = []
    var lengths: [Int32] = []
    let (bytes, offsets) = (text.bytes, text.offsets)
    ids.reserveCapacity((offsets[rows.upperBound] - offsets[rows.lowerBound]) / 4)
    for index in rows {
      tokenizer.tokenize(bytes.span.extracting(offsets[index]..<offsets[index + 1]), into: &table)
      if isCounted?[index] ?? true { count(row: UInt64(firstRow + index)) }
      lengths.append(appendRow(to: &ids))
    }
    return Ragged(values: Tensor(ids), lengths: lengths)
  }

  /// About how much memory the counts need.
  var memoryBytes: Int { table.memoryBytes + 16 * table.count }

  /// Throws `Failure` (internal error) if the tokens of a row are not complete.
  func check() throws(Failure) { try tokenizer.checkWords() }

  /// The rows of a text column.
  struct Rows: Sendable {
    let bytes: [UInt8]
    let offsets: [Int]
  }

  /// The frequency of every token, including those that were never counted.
  var frequencies: [TokenFrequency] {
    (0..<table.count).map { index in
      index < counts.count ? TokenFrequency(count: counts[index], first: firsts[index]) : TokenFrequency()
    }
  }

  private mutating func count(row number: UInt64) {
    let new = table.count - counts.count
    counts.append(contentsOf: repeatElement(0, count: new))
    firsts.append(contentsOf: repeatElement(.max, count: new))
    let entries = tokenizer.entries
    for (position, entry) in entries.enumerated() {
      if counts[Int(entry)] == 0 { firsts[Int(entry)] = number << 32 | UInt64(position) }
      counts[Int(entry)] += 1
    }
  }

  private func appendRow(to ids: inout [Int32]) -> Int32 {
    let (entries, starts) = (tokenizer.entries, rules.start)
    let row = entries.span
    ids.append(addingCapacity: row.count + 1) { ids in
      if starts { ids.append(ProvisionalID.start) }
      for index in row.indices { ids.append(id(Int(row[index]), thread: thread)) }
    }
    return Int32(row.count + (starts ? 1 : 0))
  }
}
