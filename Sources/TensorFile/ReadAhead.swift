// A stream read on a thread of its own: the next chunk is decompressed and checked while the last one is
// worked on.

/// Gives a reader's chunks in order, at most two ahead.
public final class ReadAhead {
  private let reader: TensorReader
  private let chunks = Handover<Chunk>()
  private let thread: WorkThread?

  /// - Parameters:
  ///   - reader: is left alone by everybody else until `next()` has given nil.
  ///   - threads: how many threads there may be; with one, chunks are read when they are asked for.
  public init(_ reader: TensorReader, threads: Int) {
    self.reader = reader
    let worker = Worker(reader, chunks)
    thread = threads > 1 ? WorkThread { worker.work() } : nil
  }

  /// The next chunk; nil once everything was read and found right.
  /// - Throws: as `TensorReader.next()`.
  public func next() throws -> Chunk? {
    guard thread != nil else { return try reader.next() }
    if let chunk = chunks.take()?.value { return chunk }
    if let error = chunks.error { throw error }
    return nil
  }

  deinit {
    chunks.close(Handover<Chunk>.Abandoned())
    // It may be waiting for input, which is no reason to wait for it.
    thread?.detach()
  }
}

/// What the thread does; the reader is its own while it runs.
private final class Worker: @unchecked Sendable {
  private let reader: TensorReader
  private let chunks: Handover<Chunk>

  init(_ reader: TensorReader, _ chunks: Handover<Chunk>) {
    self.reader = reader
    self.chunks = chunks
  }

  func work() {
    do {
      while let chunk = try reader.next() { try chunks.put(chunk) }
      chunks.close()
    } catch {
      chunks.close(error)
    }
  }
}
