// Learning byte pairs from counted pieces of text: the most frequent pair of adjacent tokens becomes a token, again and
// again. Ties are won by the pair of older tokens, as in Hugging Face's trainer.

import Failures

/// Learns merges.
struct BytePairTrainer {
  private(set) var tokens = TokenTable()
  private(set) var merges: [TokenPair] = []
  /// The tokens of each piece so far, and how often it was counted.
  private var pieces: [(tokens: [Int32], count: Int)] = []
  private var counts: [TokenPair: Int] = [:]
  /// The pieces that have, or had, each pair.
  private var places: [TokenPair: [Int]] = [:]

  private struct Candidate {
    let pair: TokenPair
    let count: Int
  }

  private var queue = BinaryHeap<Candidate> {
    ($1.count, $0.pair.left, $0.pair.right) < ($0.count, $1.pair.left, $1.pair.right)
  }

  /// - Parameter counted: the pieces, and how often each occurs.
  init(_ counted: [(piece: ArraySlice<UInt8>, count: Int)]) {
    for byte in ByteAlphabet.order { _ = tokens.insert([byte]) }
    let numbers = (UInt8(0)...255).map { tokens.find([$0]) }
    pieces = counted.map { (tokens: $0.piece.map { numbers[Int($0)] }, count: $0.count) }
    for (index, piece) in pieces.enumerated() {
      for pair in Self.pairs(piece.tokens) {
        counts[pair, default: 0] += piece.count
        if places[pair]?.last != index { places[pair, default: []].append(index) }
      }
    }
    for (pair, count) in counts { queue.push(Candidate(pair: pair, count: count)) }
  }

  private static func pairs(_ tokens: [Int32]) -> [TokenPair] {
    zip(tokens, tokens.dropFirst()).map { TokenPair(left: $0, right: $1) }
  }

  /// Merges until there are `limit` tokens, or no pair occurs `minCount` times.
  mutating func run(limit: Int, minCount: Int) {
    while tokens.count < limit, let candidate = queue.pop() {
      let count = counts[candidate.pair, default: 0]
      guard count == candidate.count else {
        // Since it was queued, some of its places were merged.
        if count > 0 { queue.push(Candidate(pair: candidate.pair, count: count)) }
        continue
      }
      guard count >= max(1, minCount) else { return }
      merge(candidate.pair)
    }
  }

  private mutating func merge(_ pair: TokenPair) {
    let token = Int32(tokens.insert(tokens[Int(pair.left)] + tokens[Int(pair.right)]))
    merges.append(pair)
    var changed: Set<TokenPair> = []
    for index in places.removeValue(forKey: pair) ?? [] { merge(pair, into: token, in: index, &changed) }
    counts[pair] = nil
    for pair in changed {
      if let count = counts[pair], count > 0 { queue.push(Candidate(pair: pair, count: count)) }
    }
  }

  private mutating func merge(
    _ pair: TokenPair, into token: Int32, in index: Int, _ changed: inout Set<TokenPair>
  ) {
    let (old, count) = pieces[index]
    var new: [Int32] = []
    var position = 0
    while position < old.count {
      let isPair = position + 1 < old.count && old[position] == pair.left && old[position + 1] == pair.right
      new.append(isPair ? token : old[position])
      position += isPair ? 2 : 1
    }
    guard new.count < old.count else { return }
    pieces[index].tokens = new
    for pair in Self.pairs(old) { counts[pair, default: 0] -= count }
    for pair in Self.pairs(new) {
      counts[pair, default: 0] += count
      guard pair.left == token || pair.right == token else { continue }
      if places[pair]?.last != index { places[pair, default: []].append(index) }
      changed.insert(pair)
    }
  }
}
