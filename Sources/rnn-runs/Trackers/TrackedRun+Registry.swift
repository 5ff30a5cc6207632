// A recorded run as trackers take it. The registry has no times of single values: the steps are spread evenly over the
// time of the run.

import Registry
import Stage
import Trackers

extension TrackedRun {
  /// - Throws: `Failure` if the registry can't be read.
  init(_ run: Run, in registry: Registry) throws {
    let details = try registry.details(of: run.id)
    var parameters = details.parameters
    if let seed = run.seed { parameters["seed"] = parameters["seed"] ?? "\(UInt64(bitPattern: seed))" }
    let points = try registry.metrics(of: run.id)
    let times = StepTimes(run, Set(points.map(\.step)).sorted())
    self.init(
      TrackedStart(run), parameters: parameters, tags: details.tags,
      metrics: points.map {
        TrackedMetric(name: $0.name, step: $0.step, value: $0.value, time: times.time(of: $0.step))
      }, end: TrackedEnd(run))
  }
}

extension TrackedStart {
  /// The start of a recorded run.
  init(_ run: Run) {
    self.init(
      id: run.id, stage: run.stage, name: run.name, user: run.user, host: run.host, version: run.version,
      command: shellLine(run.argv), time: run.startedAt.milliseconds)
  }
}

extension TrackedEnd {
  /// The end of a recorded run; nil while it is running.
  fileprivate init?(_ run: Run) {
    let status: Status
    switch run.status {
    case .running: return nil
    case .done: status = .done
    case .failed: status = .failed
    case .interrupted: status = .interrupted
    }
    self.init(status, time: (run.endedAt ?? run.startedAt).milliseconds)
  }
}

/// Times for the steps of a run: the last step is at its end.
private struct StepTimes {
  private let places: [Int: Int]
  private let start: Int64
  private let duration: Int64

  init(_ run: Run, _ steps: [Int]) {
    places = Dictionary(steps.enumerated().map { ($1, $0 + 1) }) { $1 }
    start = run.startedAt.milliseconds
    duration = max(0, (run.endedAt ?? run.startedAt).milliseconds - start)
  }

  func time(of step: Int) -> Int64 {
    guard let place = places[step] else { return start }
    return start + Int64(Double(duration) * Double(place) / Double(places.count))
  }
}
