// The gradients of a batch whose shards ran in several processes: each process sums its own shards, gets a slice of the
// sums of all others, adds them in the order of the tree, and sends the result back to all. Each sends and receives
// 2 N (K - 1) / K numbers for N weights and K processes, the least that is possible (Rabenseifner 2004,
// doi:10.1007/978-3-540-24685-5_1).

import Kernels

extension Network {
  /// Replaces the sum of the gradients of this process's shards by that of all, in the weights whose gradients are summed
  /// over shards.
  public func exchangeGradients() {
    guard !group.isAlone else { return }
    let (size, ranks) = (store.summedSize, group.owners.count)
    let division = group.division(of: plan.count)
    let slices = (0..<ranks).map { slice($0, of: ranks, size) }
    let own = slices[group.owners.rank].count
    let hasShards = !division.parts[group.owners.rank].isEmpty
    let received = exchanged.memory(atLeast: ranks * own)
    guard
      group.exchange(
        store.gradients, slices.map { hasShards ? $0 : 0..<0 }, into: received,
        sizes: division.parts.map { $0.isEmpty ? 0 : own })
    else { return }
    merge(received, division, count: own)
    _ = group.exchange(
      received, slices.map { _ in 0..<own }, into: store.gradients, sizes: slices.map(\.count))
  }

  /// A process's part of the weights, in whole vectors.
  private func slice(_ rank: Int, of ranks: Int, _ size: Int) -> Range<Int> {
    let vectors = size / 16
    return vectors * rank / ranks * 16..<vectors * (rank + 1) / ranks * 16
  }
}

/// Adds what the processes that have shards have sent, `count` numbers each, in the order of the tree; the sum replaces the
/// first part.
/// - Parameter count: a multiple of 16.
func merge(_ parts: FloatBuffer, _ division: ShardDivision, count: Int) {
  for step in division.merges {
    addPart(of: parts, from: step.from * count, to: step.to * count, count: count)
  }
}

/// Memory for what processes send one another, allocated again only if more is needed.
final class ExchangeMemory {
  private var buffer = FloatBuffer(0)

  func memory(atLeast count: Int) -> FloatBuffer {
    if buffer.count < count { buffer = FloatBuffer(count + count / 4) }
    return buffer
  }
}
