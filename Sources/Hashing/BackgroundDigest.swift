// Hashing on a separate thread, so that a stage doesn't wait for the digest of what it reads or writes, which takes a
// quarter of the time of reading a stream.

import Failures
import Threads

/// A SHA-256 of bytes added in long pieces. Short inputs are hashed immediately, others in the background.
public final class BackgroundDigest {
  /// The size of a piece that is worth starting a thread for.
  private static let longPiece = 1 << 20

  private let digest = MessageDigest()
  private let usesThread: Bool
  private var pieceCount = 0
  private var pieces: Channel<[UInt8]>?
  private var thread: WorkerThread?

  /// - Parameter usesThread: whether a processor is available for a second thread.
  public init(usesThread: Bool) { self.usesThread = usesThread }

  deinit {
    pieces?.close(Channel<[UInt8]>.Abandoned())
    thread?.join()
  }

  /// Adds `bytes`.
  /// - Throws: `Failure` (unavailable) if the machine has no nettle.
  public func update(_ bytes: [UInt8]) throws {
    pieceCount += 1
    if usesThread, pieces == nil, pieceCount == 2 || bytes.count >= Self.longPiece { try startThread() }
    if let pieces { try pieces.send(bytes) } else { try digest.update(bytes) }
  }

  /// The digest of all bytes added. To be called once.
  /// - Throws: as `update`.
  public func finish() throws -> [UInt8] {
    pieces?.close()
    thread?.join()
    thread = nil
    if let error = pieces?.error { throw error }
    return try digest.finish()
  }

  /// If no thread can be started, hashing continues on the caller's.
  private func startThread() throws {
    // Loads the library here, where its absence can be reported.
    try digest.update([])
    let channel = Channel<[UInt8]>()
    let worker = Worker(digest, channel)
    thread = WorkerThread { worker.work() }
    if thread != nil { pieces = channel }
  }
}

/// The thread's work; only the thread uses the digest until it has ended.
private final class Worker: @unchecked Sendable {
  private let digest: MessageDigest
  private let pieces: Channel<[UInt8]>

  init(_ digest: MessageDigest, _ pieces: Channel<[UInt8]>) {
    self.digest = digest
    self.pieces = pieces
  }

  func work() {
    do {
      while let piece = pieces.receive()?.value { try digest.update(piece) }
    } catch {
      pieces.close(error)
    }
  }
}
