// The most frequent of tokens that arrive one by one, of which there may be more than fit into memory.

import Failures

/// Collects tokens and keeps the most frequent ones; in case of a tie, those that occurred first.
struct TokenRanking {
  private let limit: Int
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var frequencies: [TokenFrequency] = []

  /// The maximum size of a vocabulary's tokens in bytes, with four bytes for the length of each: what fits into a chunk.
  static let mostBytes = 239 << 20
  /// How many tokens are collected beyond the limit before the least frequent ones are dropped.
  private static let slack = 1 << 16

  /// - Parameter limit: the number of tokens to keep; nil for all.
  init(limit: Int?) { self.limit = limit ?? .max }

  /// - Throws: `Failure` (data) if the tokens are larger than a vocabulary can be.
  mutating func add(_ token: CountedToken) throws(Failure) {
    bytes += token.bytes
    ends.append(bytes.count)
    frequencies.append(token.frequency)
    let isFull = bytes.count + 4 * ends.count > Self.mostBytes
    guard isFull || ends.count >= Self.slack, isFull || ends.count - Self.slack >= 2 * min(limit, .max / 4)
    else { return }
    keep(frequencies.mostFrequent(limit))
    guard bytes.count + 4 * ends.count <= Self.mostBytes else {
      throw Failure.data(
        "the vocabulary is larger than \(Self.mostBytes >> 20) MiB",
        remedy: "limit it with --vocab-size or --min-count")
    }
  }

  private mutating func keep(_ order: [Int]) {
    let kept = order.map { (self[$0], frequencies[$0]) }
    var (bytes, ends): ([UInt8], [Int]) = ([], [])
    for (token, _) in kept {
      bytes += token
      ends.append(bytes.count)
    }
    (self.bytes, self.ends, frequencies) = (bytes, ends, kept.map(\.1))
  }

  private subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// The tokens, most frequent first.
  var tokens: some Sequence<ArraySlice<UInt8>> { frequencies.mostFrequent(limit).lazy.map { self[$0] } }

  /// Whether there are none.
  var isEmpty: Bool { ends.isEmpty }
}
