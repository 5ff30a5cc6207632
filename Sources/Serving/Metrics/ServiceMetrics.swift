// What the service has done so far, for Prometheus.

import Synchronization
import WebServer

/// Counts what is answered and computed. Thread-safe.
final class ServiceMetrics: Sendable {
  /// A path and a status.
  private struct Kind: Hashable {
    let path: String
    let status: Int
  }

  private struct Values {
    var requests: [Kind: Int] = [:]
    var times: [String: Histogram] = [:]
    var rows = 0
    var batchRows = Histogram(limits: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
    var batchTimes = Histogram(limits: ServiceMetrics.seconds)
    var running = 0
  }

  private let values = Mutex(Values())
  private let start = ProcessFacts.now

  private static let seconds = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  /// The label of requests whose path is unknown, or could not be read.
  private static let otherPath = "other"

  /// Counts an answer.
  func answered(_ request: AnsweredRequest) {
    let path = request.path ?? Self.otherPath
    values.withLock { values in
      values.requests[Kind(path: path, status: request.status.rawValue), default: 0] += 1
      values.times[path, default: Histogram(limits: Self.seconds)].add(request.time / .seconds(1))
    }
  }

  /// Counts a batch.
  func computed(rows: Int, _ time: Duration) {
    values.withLock { values in
      values.rows += rows
      values.batchRows.add(Double(rows))
      values.batchTimes.add(time / .seconds(1))
    }
  }

  /// Counts a request as one in flight while `work` answers it.
  func running<Result: Sendable>(_ work: () async -> Result) async -> Result {
    values.withLock { $0.running += 1 }
    defer { values.withLock { $0.running -= 1 } }
    return await work()
  }

  /// The number of answers, and of rows that were computed.
  var totals: (requests: Int, rows: Int) {
    values.withLock { ($0.requests.values.reduce(0, +), $0.rows) }
  }

  /// All metrics.
  /// - Parameters:
  ///   - model: the labels that describe the model.
  ///   - waiting: the number of rows that wait.
  func text(model: [(name: String, value: String)], waiting: Int) -> String {
    let now = values.withLock { $0 }
    var text = MetricsText()
    addRequests(now, to: &text)
    text.begin("rnn_serve_requests_in_flight", .gauge, "Requests that are being answered.")
    text.add("rnn_serve_requests_in_flight", Double(now.running))
    text.begin("rnn_serve_rows_total", .counter, "Rows for which was predicted.")
    text.add("rnn_serve_rows_total", Double(now.rows))
    text.begin("rnn_serve_waiting_rows", .gauge, "Rows that wait for the network.")
    text.add("rnn_serve_waiting_rows", Double(waiting))
    text.begin("rnn_serve_batch_rows", .histogram, "Rows of a batch.")
    text.add("rnn_serve_batch_rows", now.batchRows)
    text.begin("rnn_serve_batch_seconds", .histogram, "Time in which the network computed a batch.")
    text.add("rnn_serve_batch_seconds", now.batchTimes)
    text.begin("rnn_serve_model_info", .gauge, "The model; always 1.")
    text.add("rnn_serve_model_info", 1, model)
    addProcess(to: &text)
    return text.text
  }

  private func addRequests(_ now: Values, to text: inout MetricsText) {
    text.begin("rnn_serve_requests_total", .counter, "Answered requests by path and status.")
    let kinds = now.requests.sorted { ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status) }
    for (kind, count) in kinds {
      text.add("rnn_serve_requests_total", Double(count), [("path", kind.path), ("code", "\(kind.status)")])
    }
    text.begin(
      "rnn_serve_request_seconds", .histogram, "Time from a request's first byte to its answer, by path.")
    for (path, times) in now.times.sorted(by: { $0.key < $1.key }) {
      text.add("rnn_serve_request_seconds", times, [("path", path)])
    }
  }

  private func addProcess(to text: inout MetricsText) {
    let facts = ProcessFacts.current
    text.begin("process_cpu_seconds_total", .counter, "Processor time, user and system, in seconds.")
    text.add("process_cpu_seconds_total", facts.processorSeconds)
    if let bytes = facts.residentBytes {
      text.begin("process_resident_memory_bytes", .gauge, "Resident memory in bytes.")
      text.add("process_resident_memory_bytes", Double(bytes))
    }
    text.begin("process_start_time_seconds", .gauge, "When the service started, in Unix seconds.")
    text.add("process_start_time_seconds", start)
  }
}
