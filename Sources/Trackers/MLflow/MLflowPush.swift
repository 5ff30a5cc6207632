// Recorded runs in MLflow. A run that the server has is recognized by its tag, and only what it lacks is sent.

import Failures
import Glibc
import JSON

/// What sending a run did.
public struct MLflowChange: Sendable, Equatable {
  /// The run's id in MLflow.
  public let id: String
  /// Whether it was not there before.
  public let isNew: Bool
  /// The number of values that were sent.
  public let values: Int
  /// Whether anything was sent.
  public let isChanged: Bool
  /// Parameters whose values were cut.
  public let cut: [String]
  /// Parameters that have another value on the server, which can't be changed.
  public let different: [String]
}

/// Sends runs to one experiment.
public final class MLflowPush {
  private let server: MLflowServer
  private let experiment: String
  private var experimentID: String?
  /// Whether the server has finished with what an interrupted run sent last.
  private var isSettled = false

  /// The number of seconds that one call may take.
  private static let totalSeconds = 60.0

  /// - Parameter experiment: the experiment's name; it is created if it is missing.
  public init(_ address: MLflowAddress, experiment: String) {
    server = MLflowServer(address, totalSeconds: Self.totalSeconds)
    self.experiment = experiment
  }

  /// Sends a run, or what the server lacks of it.
  /// - Throws: `Failure` (unavailable).
  public func send(_ run: TrackedRun) throws -> MLflowChange {
    do {
      let experiment = try experimentID ?? server.experiment(named: self.experiment)
      experimentID = experiment
      let found = try server.run(run.start.id, in: experiment)
      let id = try found?.id ?? server.create(run.start, in: experiment)
      return try complete(run, found, id)
    } catch let error as MLflowError {
      throw error.failure
    }
  }

  private func complete(_ run: TrackedRun, _ found: MLflowRun?, _ id: String) throws -> MLflowChange {
    let parameters = try send(run.parameters, found, id)
    let tags = MLflowTags.own(run.tags).filter { found?.tags[$0.key] != $0.value }
    for piece in MLflowBatch.pieces(of: tags) { try server.log(MLflowBatch(tags: piece), to: id) }
    let values = try send(run.metrics, found, id)
    let isEnded = try finish(run, found, id, values)
    return MLflowChange(
      id: id, isNew: found == nil, values: values,
      isChanged: found == nil || parameters.sent > 0 || !tags.isEmpty || values > 0 || isEnded,
      cut: parameters.cut, different: parameters.different)
  }

  private func send(
    _ parameters: [String: String], _ found: MLflowRun?, _ id: String
  ) throws -> (sent: Int, cut: [String], different: [String]) {
    let names = MLflowNames.accepted(parameters.keys)
    let known = found?.parameters ?? [:]
    let missing = parameters.filter { known[names[$0.key] ?? $0.key] == nil }
    let cut = try server.log(parameters: missing, names, to: id)
    let different = parameters.keys.filter { key in
      guard let there = known[names[key] ?? key], let here = parameters[key] else { return false }
      return !MLflowNames.longestParameters.contains { MLflowNames.cut(here, to: $0) == there }
    }
    return (missing.count, cut, different.sorted())
  }

  private func send(_ metrics: [TrackedMetric], _ found: MLflowRun?, _ id: String) throws -> Int {
    if let found, found.tags[MLflowTags.values] == "\(metrics.count)" { return 0 }
    isSettled = false
    let names = Set(metrics.map(\.name))
    var missing = MLflowNames.renamed(metrics, among: names)
    for name in Set(missing.map(\.name)) where found?.metrics.contains(name) == true {
      let steps = try settledSteps(of: name, in: id, found)
      missing.removeAll { $0.name == name && steps.contains($0.step) }
    }
    for batch in MLflowBatch.batches(of: missing) { try server.log(batch, to: id) }
    return missing.count
  }

  /// The steps that the server has. A run without an end was cut off, and what it sent last may still be on its way: the
  /// steps are read until they stay the same.
  private func settledSteps(of metric: String, in id: String, _ found: MLflowRun?) throws -> Set<Int> {
    var steps = try server.steps(of: metric, in: id)
    guard found?.status == "RUNNING", !isSettled else { return steps }
    for _ in 0..<10 {
      usleep(2_000_000)
      let now = try server.steps(of: metric, in: id)
      if now == steps { break }
      steps = now
    }
    isSettled = true
    return steps
  }

  private func finish(_ run: TrackedRun, _ found: MLflowRun?, _ id: String, _ values: Int) throws -> Bool {
    guard let end = run.end else { return false }
    let (status, count, name) = (
      MLflowTags.status(end), "\(run.metrics.count)", MLflowTags.name(of: run.start)
    )
    if found?.tags[MLflowTags.values] != count {
      try server.log(MLflowBatch(tags: [MLflowTags.values: count]), to: id)
    }
    guard found?.status != status || found?.name != name else { return false }
    try server.update(
      id, ["status": .string(status), "end_time": .integer(end.time), "run_name": .string(name)])
    return true
  }
}

extension MLflowServer {
  /// Sends parameters, cut to what the server accepts.
  /// - Parameter names: MLflow's names of them; nil to make them.
  /// - Returns: the names of those that were cut.
  @discardableResult func log(
    parameters: [String: String], _ names: [String: String]? = nil, to run: String
  ) throws -> [String] {
    let names = names ?? MLflowNames.accepted(parameters.keys)
    for longest in MLflowNames.longestParameters {
      let isLast = longest == MLflowNames.longestParameters.last
      do {
        let cut = parameters.reduce(into: [:]) {
          $0[names[$1.key] ?? $1.key] = MLflowNames.cut($1.value, to: longest)
        }
        for piece in MLflowBatch.pieces(of: cut) { try log(MLflowBatch(parameters: piece), to: run) }
        return parameters.filter { $0.value.unicodeScalars.count > longest }.keys.sorted()
      } catch let error as MLflowError where error.code == "INVALID_PARAMETER_VALUE" && !isLast {
        // An older server, which accepts less.
        guard parameters.values.contains(where: { $0.unicodeScalars.count > longest / 2 }) else {
          throw error
        }
      }
    }
    return []
  }
}
