// Reading a stream on a separate thread: the next chunk is decompressed and verified while the current one is
// processed.

import Threads

/// Returns a reader's chunks in order, reading at most two ahead.
public final class ReadAhead {
  private let reader: TensorReader
  private let chunks = Channel<Chunk>()
  private let thread: WorkerThread?

  /// - Parameters:
  ///   - reader: must not be used otherwise until `next()` has returned nil.
  ///   - threads: the maximum number of threads; with one, chunks are read when they are requested.
  public init(_ reader: TensorReader, threads: Int) {
    self.reader = reader
    let worker = Worker(reader, chunks)
    thread = threads > 1 ? WorkerThread { worker.work() } : nil
  }

  /// The next chunk; nil once everything has been read and verified.
  /// - Throws: as `TensorReader.next()`.
  public func next() throws -> Chunk? {
    guard thread != nil else { return try reader.next() }
    if let chunk = chunks.receive()?.value { return chunk }
    if let error = chunks.error { throw error }
    return nil
  }

  deinit {
    chunks.close(Channel<Chunk>.Abandoned())
    // The thread may be waiting for input that is no longer needed, so don't wait for it.
    thread?.detach()
  }
}

/// The thread's work; only the thread uses the reader while it runs.
private final class Worker: @unchecked Sendable {
  private let reader: TensorReader
  private let chunks: Channel<Chunk>

  init(_ reader: TensorReader, _ chunks: Channel<Chunk>) {
    self.reader = reader
    self.chunks = chunks
  }

  func work() {
    do {
      while let chunk = try reader.next() { try chunks.send(chunk) }
      chunks.close()
    } catch {
      chunks.close(error)
    }
  }
}
