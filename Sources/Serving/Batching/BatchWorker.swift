// The thread that computes: it alone runs networks, one batch at a time, with the threads of their pools.

import Failures
import Inference
import Networks
import TensorFile

/// Answers the requests of a queue, on one thread.
final class BatchWorker {
  private let queue: BatchQueue
  private let settings: BatchSettings
  private let metrics: ServiceMetrics
  private var networks: ShapedNetworks
  /// Whether requests may be joined: sample paths depend on a row's number in its batch.
  private let joins: Bool

  init(
    _ model: LoadedModel, threads: Int, _ settings: BatchSettings, _ queue: BatchQueue,
    _ metrics: ServiceMetrics
  ) {
    (self.settings, self.queue, self.metrics) = (settings, queue, metrics)
    networks = ShapedNetworks(model, threads: threads, rows: settings.rows)
    joins = model.distribution == nil
  }

  /// Works until the queue is closed.
  func run() {
    while let jobs = queue.next() { answer(jobs) }
    networks.close()
  }

  private func answer(_ jobs: [PredictionJob]) {
    let (late, early) = (jobs.filter(isLate), jobs.filter { !isLate($0) })
    for job in late {
      job.continuation.resume(throwing: ServiceUnavailable(reason: "the request waited too long"))
    }
    if joins { predict(early) } else { for job in early { predict([job]) } }
  }

  private func isLate(_ job: PredictionJob) -> Bool { .now - job.arrival > settings.longestWait }

  /// Predicts for the rows of all jobs at once. If that fails, each is tried by itself, so that an error is told to the one
  /// that caused it.
  private func predict(_ jobs: [PredictionJob]) {
    guard let joined = Chunk.joined(jobs.map(\.chunk)) else { return }
    do {
      let start = ContinuousClock.now
      let prediction = try networks.predict(joined)
      metrics.computed(rows: joined.rows, .now - start)
      var first = 0
      for job in jobs {
        let rows = first..<first + job.chunk.rows
        job.continuation.resume(
          returning: jobs.count == 1 ? prediction : prediction.rows(rows, of: joined.rows))
        first = rows.upperBound
      }
    } catch {
      guard jobs.count == 1 else { return jobs.forEach { predict([$0]) } }
      jobs[0].continuation.resume(throwing: error)
    }
  }
}
