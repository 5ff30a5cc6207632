// Processes that work on one network together, played by threads of the test.

import Foundation
import Kernels
import Peers
import Synchronization

/// Where threads exchange numbers: each posts what it sends, waits for the others, takes what it gets, and waits again.
final class Meeting: @unchecked Sendable {
  private let condition = NSCondition()
  private let count: Int
  private let patience: TimeInterval
  private var posted: [Int: Any] = [:]
  private var (arrived, round) = (0, 0)

  init(of count: Int, patience: TimeInterval) { (self.count, self.patience) = (count, patience) }

  /// Makes all threads take what the others have posted.
  func exchange<Posted>(_ own: Posted, rank: Int) throws(PeerLoss) -> [Posted] {
    condition.lock()
    defer { condition.unlock() }
    posted[rank] = own
    try wait()
    let all = (0..<count).compactMap { posted[$0] as? Posted }
    try wait()
    posted[rank] = nil
    return all
  }

  private func wait() throws(PeerLoss) {
    arrived += 1
    let own = round
    if arrived == count {
      (arrived, round) = (0, round + 1)
      condition.broadcast()
    }
    let end = Date(timeIntervalSinceNow: patience)
    while round == own {
      guard condition.wait(until: end) else {
        throw PeerLoss(rank: (0..<count).first { posted[$0] == nil } ?? 0)
      }
    }
  }
}

/// One of the threads, as a process.
final class ThreadPeers: Peers {
  let rank: Int
  let count: Int
  private let meeting: Meeting

  init(rank: Int, count: Int, _ meeting: Meeting) {
    (self.rank, self.count, self.meeting) = (rank, count, meeting)
  }

  func exchange<Value: BitwiseCopyable & Sendable>(
    _ values: Buffer<Value>, _ parts: [Range<Int>], into received: Buffer<Value>, sizes: [Int]
  ) throws(PeerLoss) {
    let all = try meeting.exchange(parts.map { values.array($0) }, rank: rank).map { $0[rank] }
    precondition(all.map(\.count) == sizes, "other sizes than expected")
    received.write(all.flatMap { $0 })
  }
}

/// Does work in several threads, each as a process.
/// - Parameter patience: how many seconds a thread waits for another one.
/// - Returns: the results, in the order of the processes.
/// - Throws: the error of the first process that has failed.
public func inProcesses<Result: Sendable>(
  _ count: Int, patience: TimeInterval = 300, _ work: @escaping @Sendable (any Peers) throws -> Result
) throws -> [Result] {
  let meeting = Meeting(of: count, patience: patience)
  let results = ResultTable<Result>()
  let group = DispatchGroup()
  for rank in 0..<count {
    group.enter()
    Thread {
      results.add(rank, Swift.Result { try work(ThreadPeers(rank: rank, count: count, meeting)) })
      group.leave()
    }.start()
  }
  group.wait()
  return try (0..<count).map { try results[$0].get() }
}

private final class ResultTable<Value: Sendable>: Sendable {
  private let values = Mutex<[Int: Result<Value, any Error>]>([:])

  func add(_ rank: Int, _ result: Result<Value, any Error>) { values.withLock { $0[rank] = result } }

  subscript(rank: Int) -> Result<Value, any Error> {
    values.withLock { $0[rank] } ?? .failure(PeerLoss(rank: rank))
  }
}
