// The processes that work on one network, each on some shards of every batch, and what they tell one another: the values
// that shards compute for the whole batch, and their gradients.
//
// If a process is lost, the batch can't be completed. Nothing is thrown in the middle of it; the exchanges that follow do
// nothing, and who has begun the batch asks for `loss` at its end.

import Kernels
import Peers

/// Values that each shard of a batch computes and that all processes need, such as sums of losses.
public protocol ShardValues: AnyObject {
  /// The values of a shard, as many in every process.
  func values(of shard: Shard) -> [Double]
  /// Takes the values of a shard that another process has.
  func take(_ values: ArraySlice<Double>, of shard: Shard)
}

/// The processes that work on one network.
public final class ShardGroup {
  /// Which shards this process has.
  public let owners: ShardOwners
  /// The process that was lost, if there is one; from then on, the values of other processes are missing.
  public private(set) var loss: PeerLoss?
  private let peers: (any Peers)?

  /// - Parameter peers: the other processes; nil if there are none.
  public init(_ peers: (any Peers)? = nil) {
    self.peers = peers
    owners = peers.map { ShardOwners(rank: $0.rank, count: $0.count) } ?? .alone
  }

  /// Whether this process has all shards.
  public var isAlone: Bool { owners.count == 1 }

  /// The shards of each process.
  func division(of shards: Int) -> ShardDivision { ShardDivision(of: shards, among: owners.count) }

  /// Whether it is true for all processes; false if one is lost.
  public func all(_ isTrue: Bool) -> Bool {
    guard !isAlone else { return isTrue }
    return attempt { peers throws(PeerLoss) in try peers.all(isTrue) } ?? false
  }

  /// Gives every process the values of the shards of all others.
  public func share(_ tables: [any ShardValues], _ plan: ShardPlan) {
    guard !isAlone, !tables.isEmpty else { return }
    let division = division(of: plan.count)
    func values(of rank: Int) -> [Double] {
      division.parts[rank].flatMap { index in
        tables.flatMap { $0.values(of: plan.shard(index, worker: 0)) }
      }
    }
    let all = gather(values(of: owners.rank), sizes: division.parts.indices.map { values(of: $0).count })
    guard var rest = all?[...] else { return }
    for index in 0..<plan.count {
      let shard = plan.shard(index, worker: 0)
      for table in tables {
        let count = table.values(of: shard).count
        if !division.parts[owners.rank].contains(index) { table.take(rest.prefix(count), of: shard) }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Sends numbers to each process and receives numbers from each; false if one is lost.
  func exchange(
    _ values: FloatBuffer, _ parts: [Range<Int>], into received: FloatBuffer, sizes: [Int]
  ) -> Bool {
    attempt { peers throws(PeerLoss) in
      try peers.exchange(values, parts, into: received, sizes: sizes)
      return true
    } ?? false
  }

  private func gather(_ values: [Double], sizes: [Int]) -> [Double]? {
    attempt { peers throws(PeerLoss) in try peers.gather(values, sizes: sizes) }
  }

  private func attempt<Result>(_ call: (any Peers) throws(PeerLoss) -> Result) -> Result? {
    guard let peers, loss == nil else { return nil }
    do throws(PeerLoss) { return try call(peers) } catch {
      loss = error
      return nil
    }
  }
}
