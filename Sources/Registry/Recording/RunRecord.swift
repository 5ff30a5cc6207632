// A run on its way to the database: what is to be written, or is kept in a spool file until it can be.

/// What is known of a run and not written yet. Writing the same record twice changes nothing.
struct RunRecord: Codable, Sendable, Equatable {
  /// The format of spool files; readers ignore a higher one.
  static let currentFormat = 1

  var format = RunRecord.currentFormat
  let start: RunStart
  var parameters: [String: String] = [:]
  var tags: [String: String] = [:]
  var metrics: [MetricPoint] = []
  var end: RunEnd?

  init(start: RunStart) { self.start = start }

  /// Whether there is anything beyond the start.
  var isEmpty: Bool { parameters.isEmpty && tags.isEmpty && metrics.isEmpty && end == nil }

  /// Removes and returns everything but the start.
  mutating func take() -> RunRecord {
    defer { self = RunRecord(start: start) }
    return self
  }

  /// Puts back what `take` removed and could not be written; newer values win.
  mutating func putBack(_ earlier: RunRecord) {
    parameters = earlier.parameters.merging(parameters) { $1 }
    tags = earlier.tags.merging(tags) { $1 }
    metrics = earlier.metrics + metrics
    end = end ?? earlier.end
  }
}
