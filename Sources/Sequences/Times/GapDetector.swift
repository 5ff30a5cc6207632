// Detects gaps in the times of a series, and rejects invalid times.

import Calendar
import Failures

/// Numbers the segments of a series between its gaps, and rejects invalid times.
struct GapDetector {
  private let policy: GapPolicy
  private var steps = StepDetector()
  private var row = 0
  private var previous: Int64 = 0
  private(set) var gaps = 0

  init(_ policy: GapPolicy) { self.policy = policy }

  var step: TimeStep? { steps.step }

  /// The segment of the next row. Throws `Failure(.data)` if its time is rejected.
  mutating func segment(of time: Int64) throws(Failure) -> Int {
    defer { previous = time }
    row += 1
    switch steps.add(time) {
    case .regular: break
    case .repeated: throw invalid(time, "the time repeats", remedy: "keep one row per time")
    case .backwards:
      throw invalid(
        time, "the time goes backwards from \(timeText(previous))", remedy: "sort the rows by time")
    case .afterGap:
      if policy == .error { throw gap(time) }
      gaps += 1
    }
    return policy == .drop ? gaps : 0
  }

  private func gap(_ time: Int64) -> Failure {
    let step = steps.step?.text ?? ""
    return invalid(
      time, "\(durationText(time - previous)) after \(timeText(previous)), but the step is \(step)",
      remedy: "fill the gap, or use --gaps drop-windows or --gaps ignore")
  }

  private func invalid(_ time: Int64, _ problem: String, remedy: String) -> Failure {
    Failure.data("row \(row) (\(timeText(time))): \(problem)", remedy: remedy)
  }
}
