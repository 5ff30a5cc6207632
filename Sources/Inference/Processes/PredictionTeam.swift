// The processes that predict together, as the first one sees them: it sends requests to the others, which answer them.

import Failures
import Peers
import TensorFile
import Training

/// The processes that predict together, as the first one sees them.
public final class PredictionTeam {
  private let peers: any Peers
  private let isStopped: () -> Bool
  private var hasEnded = false

  /// - Parameters:
  ///   - peers: all processes, of which this is the first.
  ///   - isStopped: whether the user asked to stop, which is looked at between rounds.
  public init(_ peers: any Peers, isStopped: @escaping () -> Bool = { false }) {
    (self.peers, self.isStopped) = (peers, isStopped)
  }

  /// The number of processes.
  var count: Int { peers.count }

  /// Sends requests to the others, and receives their answers to those before.
  /// - Throws: `PeerLoss` if a process is lost, `CancellationError` if the user asked to stop.
  func exchange(_ requests: [[PredictionRequest]]) throws -> [[PredictionAnswer]] {
    let messages = try swap(requests)
    if isStopped() { throw CancellationError() }
    return try messages.map { try DocumentList.documents($0).map(PredictionAnswer.init) }
  }

  private func swap(_ requests: [[PredictionRequest]]) throws(PeerLoss) -> [[UInt8]] {
    do throws(PeerLoss) {
      return try peers.exchange(messages: requests.map { DocumentList.bytes($0.map(\.document)) })
    } catch {
      hasEnded = true
      throw error
    }
  }

  /// Lets the others end; again does nothing.
  /// - Throws: `PeerLoss` if a process is lost.
  public func end() throws(PeerLoss) {
    guard !hasEnded else { return }
    hasEnded = true
    _ = try swap((0..<count).map { $0 == 0 ? [] : [.end] })
  }
}
