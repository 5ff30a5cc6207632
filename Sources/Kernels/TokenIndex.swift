// The distinct tokens of a batch: what depends only on the token is computed once for each of them.
//
// Word frequencies follow a power law, so a batch of 128 film reviews of 200 words has about 3,400 distinct tokens
// at its 25,600 positions.

import CPUTarget

/// The distinct tokens of a batch, numbered in order of first occurrence.
public final class TokenIndex {
  /// The number of distinct tokens in the batch.
  public private(set) var distinct = 0
  /// The distinct tokens by number.
  let tokens: IndexBuffer
  /// The number of each token in the batch, -1 for tokens that don't occur.
  let numbers: IndexBuffer

  /// Allocates an index for `capacity` positions and ids below `vocabulary`.
  public init(vocabulary: Int, capacity: Int) {
    tokens = IndexBuffer(min(vocabulary, capacity))
    numbers = IndexBuffer(count: vocabulary, zero: -1)
  }

  /// Indexes the first `count` of `ids`.
  public func build(_ ids: IndexBuffer, count: Int) {
    precondition(count <= ids.count, "ids outside the buffer")
    for number in 0..<distinct { numbers.base[Int(tokens.base[number])] = -1 }
    distinct = 0
    for position in 0..<count {
      let token = Int(ids.base[position])
      guard numbers.base[token] < 0 else { continue }
      tokens.base[distinct] = Int32(token)
      numbers.base[token] = Int32(distinct)
      distinct += 1
    }
  }

  /// Indexes the whole vocabulary: every token's number is its id.
  public func buildWhole() {
    distinct = min(tokens.count, numbers.count)
    for token in 0..<distinct {
      tokens.base[token] = Int32(token)
      numbers.base[token] = Int32(token)
    }
  }
}

/// `result[i] = table[ids[start + i]]` for each row i of `result`.
public func gatherRows(_ table: Matrix, ids: IndexBuffer, from start: Int, into result: Matrix) {
  precondition(start >= 0 && start + result.rows <= ids.count, "ids outside the buffer")
  for row in 0..<result.rows {
    let source = table.base + Int(ids.base[start + row]) * table.stride
    (result.base + row * result.stride).update(from: source, count: result.stride)
  }
}

/// `result[i] = rows[number of ids[start + i]]`, with one row for each distinct token.
public func gatherRows(
  _ rows: Matrix, by index: TokenIndex, ids: IndexBuffer, from start: Int, into result: Matrix
) {
  precondition(start >= 0 && start + result.rows <= ids.count, "ids outside the buffer")
  for row in 0..<result.rows {
    let source = rows.base + Int(index.numbers.base[Int(ids.base[start + row])]) * rows.stride
    (result.base + row * result.stride).update(from: source, count: result.stride)
  }
}

/// Prefetches the rows of `ids[range]`, which will be read soon: they are scattered over a table of megabytes.
public func prefetchRows(
  _ rows: Matrix, by index: TokenIndex, ids: IndexBuffer, _ range: Range<Int>
) {
  precondition(range.lowerBound >= 0 && range.upperBound <= ids.count, "ids outside the buffer")
  for position in range {
    let source = rows.base + Int(index.numbers.base[Int(ids.base[position])]) * rows.stride
    for column in stride(from: 0, to: rows.stride, by: 16) { cpu_prefetch(source + column) }
  }
}

/// `result[i] = table[token number range[i]]`: the table's rows of some of the distinct tokens.
public func gatherRows(_ table: Matrix, of index: TokenIndex, _ range: Range<Int>, into result: Matrix) {
  gatherRows(table, ids: index.tokens, from: range.lowerBound, into: result.rows(0..<range.count))
}
