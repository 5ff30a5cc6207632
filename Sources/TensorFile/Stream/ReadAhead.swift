// A stream read on a thread of its own: the next chunk is decompressed and verified while the last one is processed.

import Threads

/// Gives a reader's chunks in order, at most two ahead.
public final class ReadAhead {
  private let reader: TensorReader
  private let chunks = Channel<Chunk>()
  private let thread: WorkerThread?

  /// - Parameters:
  ///   - reader: not to be used otherwise until `next()` has given nil.
  ///   - threads: how many threads may be used; with one, chunks are read when they are requested.
  public init(_ reader: TensorReader, threads: Int) {
    self.reader = reader
    let worker = Worker(reader, chunks)
    thread = threads > 1 ? WorkerThread { worker.work() } : nil
  }

  /// The next chunk; nil once everything was read and verified.
  /// - Throws: as `TensorReader.next()`.
  public func next() throws -> Chunk? {
    guard thread != nil else { return try reader.next() }
    if let chunk = chunks.receive()?.value { return chunk }
    if let error = chunks.error { throw error }
    return nil
  }

  deinit {
    chunks.close(Channel<Chunk>.Abandoned())
    // It may be waiting for input, for which there is no need to wait.
    thread?.detach()
  }
}

/// What the thread does; the reader is its own while it runs.
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
