// The processes that work on one network together, as one of them sees them: a number for each, and a way to exchange numbers
// with all of them at once. It is all that training and prediction in several processes need of MPI.

import Kernels

/// Processes that work together. All of them call the same functions in the same order.
public protocol Peers: AnyObject {
  /// This process, from 0; process 0 writes the results.
  var rank: Int { get }
  /// The number of processes, including this one.
  var count: Int { get }

  /// Sends numbers to each process, and receives numbers from each.
  /// - Parameters:
  ///   - values: the numbers that are sent.
  ///   - parts: what each process gets; parts may overlap.
  ///   - received: gets the numbers received, in the order of the processes that sent them; another buffer.
  ///   - sizes: how many numbers each process sends to this one.
  /// - Throws: `PeerLoss` if a process doesn't answer.
  func exchange<Value: BitwiseCopyable & Sendable>(
    _ values: Buffer<Value>, _ parts: [Range<Int>], into received: Buffer<Value>, sizes: [Int]
  ) throws(PeerLoss)
}

/// A process that has ended, or hasn't answered for a long time.
public struct PeerLoss: Error, Equatable {
  /// Its number.
  public let rank: Int

  /// Process number `rank` is lost.
  public init(rank: Int) { self.rank = rank }
}

extension Peers {
  /// Sends the same numbers to all.
  /// - Parameter sizes: how many numbers each process sends; the one of this process is the number of `values`.
  /// - Returns: the numbers of all, in the order of the processes.
  public func gather<Value: BitwiseCopyable & Numeric & Sendable>(
    _ values: [Value], sizes: [Int]
  ) throws(PeerLoss) -> [Value] {
    let own = Buffer<Value>(count: values.count, zero: 0)
    own.write(values)
    let all = Buffer<Value>(count: sizes.reduce(0, +), zero: 0)
    try exchange(own, sizes.map { _ in values.indices }, into: all, sizes: sizes)
    return all.array
  }

  /// A text of each process, in the order of the processes.
  public func gather(_ text: String) throws(PeerLoss) -> [String] {
    let bytes = Array(text.utf8)
    let sizes = try gather([bytes.count], sizes: [Int](repeating: 1, count: count))
    var rest = try gather(bytes, sizes: sizes)[...]
    return sizes.map { size in
      defer { rest = rest.dropFirst(size) }
      return String(decoding: rest.prefix(size), as: UTF8.self)
    }
  }

  /// Whether it is true for all processes.
  public func all(_ isTrue: Bool) throws(PeerLoss) -> Bool {
    try gather([isTrue ? 1 : 0] as [UInt8], sizes: [Int](repeating: 1, count: count)).allSatisfy { $0 == 1 }
  }

  /// Sends bytes to each process, and receives bytes from each, any number of them.
  /// - Parameter messages: the bytes for each process.
  /// - Returns: the bytes of each process.
  public func exchange(messages: [[UInt8]]) throws(PeerLoss) -> [[UInt8]] {
    let ranks = 0..<count
    let (sent, received) = (Buffer<Int>(count: count, zero: 0), Buffer<Int>(count: count, zero: 0))
    sent.write(messages.map(\.count))
    try exchange(sent, ranks.map { $0..<$0 + 1 }, into: received, sizes: ranks.map { _ in 1 })
    let sizes = received.array
    let starts = messages.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    let outgoing = Buffer<UInt8>(count: starts.last ?? 0, zero: 0)
    for rank in ranks { outgoing.write(messages[rank], at: starts[rank]) }
    let incoming = Buffer<UInt8>(count: sizes.reduce(0, +), zero: 0)
    try exchange(outgoing, ranks.map { starts[$0]..<starts[$0 + 1] }, into: incoming, sizes: sizes)
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return incoming.array(start..<start + size)
    }
  }
}
