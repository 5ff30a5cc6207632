// What is watched: the runs that go on, with their progress and metrics, and those that have ended last.

import Failures
import Registry
import Stage

/// A run that goes on, or has ended a short while ago.
struct WatchedRun: Equatable {
  let run: Run
  /// What the run says of its progress; nil if it says nothing.
  var report: ProgressFolder.Report?
  /// Its metrics, the main one first.
  var metrics: [MetricSummary] = []
  /// The history of the main metric, and of its counterpart in training or validation.
  var curves: [MetricPoint] = []
  /// The number of epochs that it is to train.
  var epochs: Int?

  /// The share that is done, from 0 to 1: as reported, else by the epochs whose metrics are recorded.
  var fraction: Double? {
    if let fraction = report?.progress.fraction { return fraction }
    guard report == nil, let epochs, epochs > 0, let step = metrics.first?.lastStep else { return nil }
    return min(1, max(0, Double(step) / Double(epochs)))
  }

  /// Seconds since the run began, or that it took.
  func elapsed(at now: Timestamp) -> Double {
    run.wall ?? max(0, Double((run.endedAt ?? now).milliseconds - run.startedAt.milliseconds) / 1000)
  }

  /// Seconds since the run last reported progress; nil if it hasn't.
  func silence(at now: Timestamp) -> Double? {
    report.map { max(0, Double(now.milliseconds - $0.updatedAt.milliseconds) / 1000) }
  }

  /// The values of the main metric, by step.
  var mainCurve: [MetricPoint] { curves.filter { $0.name == metrics.first?.name } }
}

/// All that is watched, at one moment.
struct WatchPicture: Equatable {
  var time: Timestamp
  var running: [WatchedRun] = []
  /// The last to end first.
  var ended: [WatchedRun] = []
  /// Why the registry could not be read, so that the rest is of an earlier moment.
  var problem: Failure?
}
