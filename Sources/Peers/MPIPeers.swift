// Processes that Open MPI's launcher, or Slurm with PMIx, has started together.

import CMPI
import Failures
import Kernels
import OperatingSystem

/// The processes of an MPI job.
public final class MPIPeers: Peers {
  public let rank: Int
  public let count: Int
  private let patience: Double

  /// Joins the processes; the first call in the process does it.
  /// - Parameter process: what the launcher says of this process.
  /// - Throws: `Failure` (unavailable) if Open MPI can't be loaded or doesn't find the processes, (usage) if
  ///   RNN_MPI_TIMEOUT is no number of seconds.
  public init(_ process: LaunchedProcess) throws(Failure) {
    patience = try Self.patience()
    var (rank, count): (Int32, Int32) = (0, 1)
    if let reason = mpi_join(&rank, &count) {
      throw Failure.library(
        "Open MPI", reason: String(cString: reason),
        remedy: "install libopenmpi3 on every machine, or run without mpirun")
    }
    (self.rank, self.count) = (Int(rank), Int(count))
    guard self.rank == process.rank, self.count == process.count else {
      throw Failure(
        .unavailable,
        "Open MPI counts \(self.count) processes, but \(process.launcher) started \(process.count)",
        remedy: process.launcher == "srun" ? "add --mpi=pmix to srun" : "use the mpirun of the same Open MPI")
    }
  }

  /// How long an exchange may wait for another process, in seconds.
  private static func patience() throws(Failure) -> Double {
    guard let text = environment(variable) else { return 600 }
    guard let seconds = Double(text), seconds > 0, seconds.isFinite else {
      throw .usage("'\(text)' is no number of seconds", at: "$" + variable, remedy: "unset it, or write one")
    }
    return seconds
  }

  private static let variable = "RNN_MPI_TIMEOUT"

  public func exchange<Value: BitwiseCopyable & Sendable>(
    _ values: Buffer<Value>, _ parts: [Range<Int>], into received: Buffer<Value>, sizes: [Int]
  ) throws(PeerLoss) {
    precondition(
      parts.count == count && sizes.count == count && sizes.reduce(0, +) <= received.count
        && parts.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= values.count },
      "parts outside the buffers")
    let bytes = MemoryLayout<Value>.stride
    let (starts, lengths) = (parts.map { $0.lowerBound * bytes }, parts.map { $0.count * bytes })
    let lost = values.withAddress { outgoing in
      received.withAddress { incoming in
        mpi_exchange(outgoing, starts, lengths, incoming, sizes.map { $0 * bytes }, patience)
      }
    }
    guard lost < 0 else { throw PeerLoss(rank: Int(lost)) }
  }

  /// Makes an exchange that lasts fail soon, since this process is asked to end.
  public static func giveUp() { mpi_give_up() }

  /// Leaves the others, once all have come to their end.
  public func leave() { mpi_leave() }

  /// Ends all processes, since this one can't go on.
  public func endAll(code: Int32) { mpi_end_all(code) }
}
