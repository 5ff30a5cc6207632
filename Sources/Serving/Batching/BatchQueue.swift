// What waits for the network. Any thread may add rows; one thread takes them, as many at once as have the same shape and
// fit into a batch, in the order in which they came.

import Dispatch
import Inference
import Synchronization
import TensorFile

/// The requests that wait.
package final class BatchQueue: Sendable {
  private struct Values {
    var jobs: [PredictionJob] = []
    var rows = 0
    var isClosed = false
  }

  private let settings: BatchSettings
  private let values = Mutex(Values())
  /// Signaled for each job, and when the queue is closed.
  private let arrivals = DispatchSemaphore(value: 0)

  package init(_ settings: BatchSettings) { self.settings = settings }

  /// The number of rows that wait.
  package var waitingRows: Int { values.withLock { $0.rows } }

  /// Adds rows, and waits for their predictions.
  /// - Throws: `ServiceUnavailable` if too many wait; any error of the prediction.
  package func predict(_ chunk: Chunk) async throws -> Prediction {
    try await withCheckedThrowingContinuation { continuation in
      let problem = add(PredictionJob(chunk, continuation))
      if let problem { continuation.resume(throwing: problem) } else { arrivals.signal() }
    }
  }

  private func add(_ job: PredictionJob) -> ServiceUnavailable? {
    values.withLock { values in
      if values.isClosed { return ServiceUnavailable(reason: "the service is ending") }
      guard values.jobs.isEmpty || values.rows + job.chunk.rows <= settings.mostWaiting else {
        return ServiceUnavailable(reason: "too many rows are waiting")
      }
      values.jobs.append(job)
      values.rows += job.chunk.rows
      return nil
    }
  }

  /// Waits for a batch.
  /// - Returns: requests with rows of one shape, and how many more rows then wait; nil once the queue is closed.
  package func next() -> [PredictionJob]? {
    while true {
      if let pause = pause() {
        _ = arrivals.wait(timeout: .now() + pause)
        continue
      }
      if let jobs = take() { return jobs.isEmpty ? nil : jobs }
      arrivals.wait()
    }
  }

  /// How long to wait for more rows; nil if a batch is complete or its time is over, and if none has begun.
  private func pause() -> Double? {
    guard settings.delay > .zero else { return nil }
    return values.withLock { values in
      guard !values.isClosed, let first = values.jobs.first else { return nil }
      let rest = settings.delay - (.now - first.arrival)
      guard rest > .zero, count(values) < settings.rows else { return nil }
      return rest / .seconds(1)
    }
  }

  /// The rows that can be computed with the first one.
  private func count(_ values: Values) -> Int {
    guard let first = values.jobs.first else { return 0 }
    return values.jobs.reduce(0) { $0 + ($1.shape == first.shape ? $1.chunk.rows : 0) }
  }

  /// The next batch; nil if nothing waits, empty once the queue is closed.
  private func take() -> [PredictionJob]? {
    values.withLock { values in
      if values.isClosed { return [] }
      guard let first = values.jobs.first else { return nil }
      var (taken, left, rows) = ([first], [PredictionJob](), first.chunk.rows)
      for job in values.jobs.dropFirst() {
        if job.shape == first.shape, rows + job.chunk.rows <= settings.rows {
          taken.append(job)
          rows += job.chunk.rows
        } else {
          left.append(job)
        }
      }
      values.jobs = left
      values.rows -= rows
      return taken
    }
  }

  /// Accepts nothing more; what waits is not answered.
  package func close() {
    let jobs = values.withLock { values in
      values.isClosed = true
      defer { (values.jobs, values.rows) = ([], 0) }
      return values.jobs
    }
    for job in jobs { job.continuation.resume(throwing: ServiceUnavailable(reason: "the service is ending")) }
    arrivals.signal()
  }
}
