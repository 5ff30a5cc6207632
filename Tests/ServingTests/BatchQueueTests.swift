// What is joined in a batch, and what is refused.

import Failures
import Serving
import Tensor
import TensorFile
import Testing

@Suite struct BatchQueueTests {
  private struct Answer: Error, Equatable {
    let rows: Int
  }

  private func chunk(rows: Int, width: Int = 2) -> Chunk {
    Chunk(["x": Tensor([Float](repeating: 0, count: rows * width), shape: [rows, width])])
  }

  private func settings(rows: Int = 4, delay: Duration = .zero, waiting: Int = 100) -> BatchSettings {
    var settings = BatchSettings()
    (settings.rows, settings.delay, settings.mostWaiting) = (rows, delay, waiting)
    return settings
  }

  /// Adds rows, one chunk after the other.
  private func add(_ chunks: [Chunk], to queue: BatchQueue) async -> [Task<Void, any Error>] {
    var tasks: [Task<Void, any Error>] = []
    for chunk in chunks {
      let before = queue.waitingRows
      tasks.append(Task { _ = try await queue.predict(chunk) })
      while queue.waitingRows == before { await Task.yield() }
    }
    return tasks
  }

  /// Takes a batch, and answers it with an error that tells its rows.
  private func rowsOfNext(_ queue: BatchQueue) -> [Int]? {
    guard let jobs = queue.next() else { return nil }
    for job in jobs { job.continuation.resume(throwing: Answer(rows: job.chunk.rows)) }
    return jobs.map(\.chunk.rows)
  }

  @Test("rows of one shape are joined in order, as far as they fit") func joins() async throws {
    let queue = BatchQueue(settings())
    let tasks = await add(
      [
        chunk(rows: 1), chunk(rows: 1, width: 3), chunk(rows: 2), chunk(rows: 3), chunk(rows: 1),
        chunk(rows: 9),
      ],
      to: queue)
    #expect(rowsOfNext(queue) == [1, 2, 1] && queue.waitingRows == 13)
    #expect(rowsOfNext(queue) == [1])
    #expect(rowsOfNext(queue) == [3])
    #expect(rowsOfNext(queue) == [9] && queue.waitingRows == 0)
    await #expect(throws: Answer(rows: 1)) { try await tasks[0].value }
    await #expect(throws: Answer(rows: 9)) { try await tasks[5].value }
  }

  @Test("a batch waits until its delay is over, or it is complete") func waits() async throws {
    let queue = BatchQueue(settings(delay: .milliseconds(200)))
    let start = ContinuousClock.now
    let tasks = await add([chunk(rows: 1)], to: queue)
    #expect(rowsOfNext(queue) == [1] && .now - start > .milliseconds(199))
    let slow = BatchQueue(settings(delay: .seconds(100)))
    let more = await add([chunk(rows: 3), chunk(rows: 1)], to: slow)
    #expect(rowsOfNext(slow) == [3, 1])
    for task in tasks + more { await #expect(throws: Answer.self) { try await task.value } }
  }

  @Test("too many rows are refused, and all once it is closed") func refuses() async throws {
    let queue = BatchQueue(settings(waiting: 3))
    let tasks = await add([chunk(rows: 2)], to: queue)
    await #expect(throws: ServiceUnavailable.self) { _ = try await queue.predict(chunk(rows: 2)) }
    queue.close()
    await #expect(throws: ServiceUnavailable.self) { try await tasks[0].value }
    await #expect(throws: ServiceUnavailable.self) { _ = try await queue.predict(chunk(rows: 1)) }
    #expect(rowsOfNext(queue) == nil)
  }
}
