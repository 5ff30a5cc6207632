// The part of a run that has not been written to the database yet; it can be stored in a spool file.

/// The data of a run that has not been written yet. Writing the same record twice changes nothing.
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

  /// Whether there is anything besides the start.
  var isEmpty: Bool { parameters.isEmpty && tags.isEmpty && metrics.isEmpty && end == nil }

  /// Removes and returns everything except the start.
  mutating func take() -> RunRecord {
    defer { self = RunRecord(start: start) }
    return self
  }

  /// Restores what `take` removed and could not be written; newer values take precedence.
  mutating func putBack(_ earlier: RunRecord) {
    parameters = earlier.parameters.merging(parameters) { $1 }
    tags = earlier.tags.merging(tags) { $1 }
    metrics = earlier.metrics + metrics
    end = end ?? earlier.end
  }
}
