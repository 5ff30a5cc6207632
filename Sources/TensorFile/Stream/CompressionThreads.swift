// Threads that compress documents while the next ones are being created. Each frame depends only on its document, and
// frames are written in order, so the bytes depend neither on timing nor on the number of threads.

import Threads

/// Runs a frame writer on separate threads; at most one document is waiting for them.
final class CompressionThreads {
  private let documents = Channel<[UInt8]>()
  private var threads: [WorkerThread] = []

  /// Nil if no thread can be started; the caller then does the work itself.
  init?(_ frames: FrameWriter, count: Int) {
    let worker = Worker(frames, documents)
    threads = (0..<count).compactMap { _ in WorkerThread { worker.work() } }
    if threads.isEmpty { return nil }
  }

  /// Passes a document to the threads, waiting while another document is waiting.
  /// - Throws: the error of an earlier document.
  func write(_ document: [UInt8]) throws { try documents.send(document) }

  /// Waits until everything has been written and ends the threads.
  /// - Throws: the error of a document.
  func finish() throws {
    documents.close()
    join()
    if let error = documents.error { throw error }
  }

  private func join() {
    for thread in threads { thread.join() }
    threads = []
  }

  deinit {
    documents.close(Channel<[UInt8]>.Abandoned())
    join()
  }
}

/// The threads' work. The frame writer's state is used by the thread whose turn it is, and by other threads only
/// after all of these have ended.
private final class Worker: @unchecked Sendable {
  private let frames: FrameWriter
  private let documents: Channel<[UInt8]>

  init(_ frames: FrameWriter, _ documents: Channel<[UInt8]>) {
    self.frames = frames
    self.documents = documents
  }

  func work() {
    do {
      let compressor = try frames.makeCompressor()
      while let (document, number) = documents.receive() {
        let frame = try Frame(document, compressor)
        try documents.inOrder(number) { try frames.append(frame) }
      }
    } catch {
      documents.close(error)
    }
  }
}
