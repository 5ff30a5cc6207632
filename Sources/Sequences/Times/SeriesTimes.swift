// The checked times of a series: its step, its gaps, and what is done about them. rnn-window and rnn-predict check
// times by this code, so that a model predicts from the same kind of series as it was trained on.

import Failures

/// What is known of the times of a series.
public struct SeriesTimes: Sendable {
  /// The time column with the step that the series has.
  public let column: TimeColumn
  /// The step, by which gaps are detected.
  public let step: TimeStep?
  /// The number of rows that are not one step after the row before.
  public let gaps: Int
  /// What is done about gaps.
  public let policy: GapPolicy

  /// What is known of one of several series.
  init(column: TimeColumn, step: TimeStep?, gaps: Int, policy: GapPolicy) {
    (self.column, self.step, self.gaps, self.policy) = (column, step, gaps, policy)
  }

  /// Takes the results of a pass over the times.
  /// - Parameters:
  ///   - column: the time column of the series.
  ///   - model: that of the model, whose step the series must have.
  /// - Throws: `Failure(.data)` if the step is not the model's, or a time repeats.
  public init(
    _ census: StepCensus, _ column: TimeColumn, gaps policy: GapPolicy, like model: TimeColumn? = nil
  )
    throws(Failure)
  {
    var census = census
    let expected = model.flatMap { $0.step ?? $0.usualStep }
    (step, gaps) = try census.result(expected: expected)
    self.policy = policy
    if let step, let expected, !step.isSame(as: expected) {
      throw Failure.data(
        "the step is \(step.text), but the model's is \(expected.text)",
        remedy: "resample the series to the model's step")
    }
    var column = column
    column.gaps = policy == .error ? nil : policy
    // If gaps are ignored, the step doesn't hold for all rows.
    let isRegular = (gaps == 0 || policy != .ignore) && model?.usualStep == nil
    (column.step, column.usualStep) = isRegular ? (step ?? model?.step, nil) : (nil, step)
    self.column = column
  }

  /// Reads the times of a series. Nil if it has none.
  /// - Parameter rejectsGaps: whether a gap is an error with the policy `.error`; not if only some rows are used.
  /// - Throws: `Failure(.data)` if a time repeats or goes backwards, if the step is not the model's, or, with the
  ///   policy `.error`, at the first gap.
  public init?(
    _ series: RereadableSeries, gaps policy: GapPolicy, like model: TimeColumn? = nil,
    rejectsGaps: Bool = true
  )
    throws
  {
    guard let column = series.schema.time else { return nil }
    var census = StepCensus(column, gaps: policy)
    try series.forEachTime { time throws(Failure) in try census.add(time) }
    try self.init(census, column, gaps: policy, like: model)
    if policy == .error, rejectsGaps { try rejectGaps(in: series) }
  }

  /// Throws `Failure(.data)` at the first gap.
  func rejectGaps(in series: RereadableSeries) throws {
    guard let step, gaps > 0 else { return }
    var (row, previous): (Int, Int64?) = (0, nil)
    let share = 1 - Double(gaps) / Double(max(series.rows - 1, 1))
    try series.forEachTime { time throws(Failure) in
      defer { previous = time }
      row += 1
      if let previous, !step.lies(between: previous, and: time, column.offsets) {
        throw SeriesTimeMessages(column).gap(row: row, time, after: previous, step: step, share: share)
      }
    }
  }

  /// The step by which windows that span gaps are found; nil if gaps don't matter.
  var gapStep: TimeStep? { policy == .ignore ? nil : step }
}

extension RereadableSeries {
  /// Calls `body` with the time of each row.
  func forEachTime(_ body: (Int64) throws(Failure) -> Void) throws {
    try forEach { block in for time in block.times ?? [] { try body(time) } }
  }
}
