// Gradients by token over a whole batch: those of each shard, and their sums. If the shards ran in several processes, each
// process sums the tokens of its own parts of the batch's distinct tokens, for which the others send it the sums of their
// shards; so what crosses the network depends on the words of a batch, not on the size of the vocabulary.

import Kernels

/// The sums of a batch's gradients by token.
final class TokenGradients {
  private let shards: [TokenSums]
  private let stride: Int
  /// The sums of the tokens from `firstToken` on, if shards ran in other processes.
  private var received: FloatBuffer?
  private var firstToken = 0
  private let (outgoing, incoming) = (ExchangeMemory(), ExchangeMemory())

  /// - Parameters:
  ///   - steps: the most positions of a row.
  ///   - width: the number of gradients of a position.
  init(of context: LayerContext, vocabulary: Int, steps: Int, width: Int) {
    stride = paddedWidth(width)
    shards = (0..<ShardPlan.most).map { _ in
      TokenSums(vocabulary: vocabulary, capacity: context.rowsOfShard * steps, width: width)
    }
  }

  /// The sums of a shard's own positions.
  subscript(shard: Shard) -> TokenSums { shards[shard.index] }

  /// Writes the sums of some tokens of a process's own parts, over the first `count` shards, into `result`.
  func write(_ range: Range<Int>, of index: TokenIndex, shards count: Int, into result: Matrix) {
    guard let received else { return addShards(shards, shards: 0..<count, of: index, range, into: result) }
    result.copy(
      received.matrix(
        at: (range.lowerBound - firstToken) * stride, rows: range.count, columns: result.columns,
        stride: stride))
  }

  /// Gets the sums of the tokens of this process's parts from the processes whose shards have them.
  /// - Parameters:
  ///   - parts: the number of parts into which the work is divided, among processes as shards are.
  ///   - count: how many shards have run, the first ones of as many as there are parts.
  ///   - tokens: the tokens of a part.
  func exchange(
    _ group: ShardGroup, parts: Int, shards count: Int, of index: TokenIndex, _ tokens: (Int) -> Range<Int>
  ) {
    guard !group.isAlone else { return }
    let division = group.division(of: parts)
    let ran = division.first(count)
    let shares = division.parts.map { joined($0.map(tokens)) }
    let (own, share) = (ran.parts[group.owners.rank], shares[group.owners.rank])
    let values = sums(own, 0..<(shares.map(\.upperBound).max() ?? 0), of: index)
    let size = share.count * stride
    let sums = incoming.memory(atLeast: max(1, ran.owners) * size)
    guard
      group.exchange(
        values, shares.map { own.isEmpty ? 0..<0 : $0.lowerBound * stride..<$0.upperBound * stride },
        into: sums, sizes: ran.parts.map { $0.isEmpty ? 0 : size })
    else { return }
    merge(sums, ran, count: size)
    (received, firstToken) = (sums, share.lowerBound)
  }

  /// The sums of the tokens of the batch over some shards.
  private func sums(_ own: Range<Int>, _ tokens: Range<Int>, of index: TokenIndex) -> FloatBuffer {
    let buffer = outgoing.memory(atLeast: tokens.count * stride)
    guard !own.isEmpty else { return buffer }
    addShards(
      shards, shards: own, of: index, tokens,
      into: buffer.matrix(rows: tokens.count, columns: stride, stride: stride))
    return buffer
  }
}

/// Neighboring ranges as one.
func joined(_ ranges: [Range<Int>]) -> Range<Int> {
  guard let first = ranges.first, let last = ranges.last else { return 0..<0 }
  return first.lowerBound..<last.upperBound
}
