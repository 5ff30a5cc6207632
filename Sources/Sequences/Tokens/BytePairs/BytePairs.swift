// Byte-pair encoding (Gage 1994; for words Sennrich et al. 2016, over bytes Radford et al. 2019): a piece of text is
// first one token for each byte; then adjacent tokens are merged in the order in which the merges were learned.

import Failures

/// The merges of a vocabulary of subwords.
struct BytePairs: Sendable, Equatable {
  /// The tokens that are merged, by their numbers in the vocabulary, in the order in which they were learned.
  let merges: [TokenPair]
  private let ranks: [TokenPair: Merge]
  /// The token of each byte; -1 where there is none.
  private let bytes: [Int32]

  private struct Merge: Sendable, Equatable {
    let rank: Int32
    let token: Int32
  }

  /// - Throws: `Failure` (data) if the merges don't fit the tokens.
  init(_ merges: [TokenPair], tokens: TokenTable) throws(Failure) {
    var ranks: [TokenPair: Merge] = [:]
    for (rank, pair) in merges.enumerated() {
      guard (0..<tokens.count).contains(Int(pair.left)), (0..<tokens.count).contains(Int(pair.right)) else {
        throw Failure.data("merge \(rank + 1) is of a token that doesn't exist", at: "vocabulary")
      }
      let token = tokens.find(tokens[Int(pair.left)] + tokens[Int(pair.right)])
      guard token >= 0 else {
        throw Failure.data("the result of merge \(rank + 1) is not a token", at: "vocabulary")
      }
      // Of a merge that occurs twice, the first one counts.
      if ranks[pair] == nil { ranks[pair] = Merge(rank: Int32(rank), token: token) }
    }
    (self.merges, self.ranks) = (merges, ranks)
    bytes = (0..<256).map { tokens.find([UInt8($0)]) }
  }

  /// The tokens of a piece of text; -1 for bytes without one.
  func tokens(of piece: ArraySlice<UInt8>) -> [Int32] {
    var symbols = piece.map { Symbol(token: bytes[Int($0)]) }
    for index in symbols.indices {
      (symbols[index].before, symbols[index].after) = (index - 1, index + 1 < symbols.count ? index + 1 : -1)
    }
    var candidates = BinaryHeap<Candidate> { ($0.rank, $0.left) < ($1.rank, $1.left) }
    for index in symbols.indices.dropLast() { propose(index, symbols, to: &candidates) }
    while let candidate = candidates.pop() { merge(candidate, &symbols, &candidates) }
    return symbols.lazy.filter { !$0.isMerged }.map(\.token)
  }

  /// A token of the piece, in a linked list.
  private struct Symbol {
    var token: Int32
    var before = -1
    var after = -1
    var isMerged = false
  }

  /// A possible merge of two neighbors.
  private struct Candidate {
    let rank: Int32
    let left: Int
    let pair: TokenPair
  }

  private func propose(_ left: Int, _ symbols: [Symbol], to candidates: inout BinaryHeap<Candidate>) {
    guard left >= 0, symbols[left].after >= 0 else { return }
    let pair = TokenPair(left: symbols[left].token, right: symbols[symbols[left].after].token)
    guard let merge = ranks[pair] else { return }
    candidates.push(Candidate(rank: merge.rank, left: left, pair: pair))
  }

  private func merge(
    _ candidate: Candidate, _ symbols: inout [Symbol], _ candidates: inout BinaryHeap<Candidate>
  ) {
    let (left, right) = (candidate.left, symbols[candidate.left].after)
    // One of the two may have been merged with another neighbor meanwhile.
    guard !symbols[left].isMerged, right >= 0, symbols[left].token == candidate.pair.left,
      symbols[right].token == candidate.pair.right, let merge = ranks[candidate.pair]
    else { return }
    symbols[left].token = merge.token
    symbols[left].after = symbols[right].after
    symbols[right].isMerged = true
    if symbols[left].after >= 0 { symbols[symbols[left].after].before = left }
    propose(symbols[left].before, symbols, to: &candidates)
    propose(left, symbols, to: &candidates)
  }
}

/// Two adjacent tokens, by their numbers in the vocabulary.
struct TokenPair: Hashable, Sendable {
  let left: Int32
  let right: Int32
}
