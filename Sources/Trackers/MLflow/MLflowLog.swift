// A run that goes on, in MLflow: created at its start, completed part by part.

import Failures

/// Sends a running run to a server.
public final class MLflowLog: RunDestination {
  private let server: MLflowServer
  private let experiment: String
  private let run: TrackedStart
  private let tags: [String: String]
  private var id: String?
  private var hasTried = false, hasTags = false
  private var names: Set<String> = []
  private var delivered = 0
  private var parameters: [String: String] = [:]

  /// The number of seconds that one call may take.
  private static let totalSeconds = 10.0

  /// - Parameter experiment: the name of the experiment, which is created if it is missing.
  public init(_ address: MLflowAddress, experiment: String, run: TrackedStart, tags: [String: String]) {
    server = MLflowServer(address, totalSeconds: Self.totalSeconds)
    (self.experiment, self.run, self.tags) = (experiment, run, tags)
  }

  /// Fewer than one call may have, so that a slow server has taken some of many.
  public var mostValues: Int { 250 }
  /// As often as the registry is written.
  public var interval: Double { 1 }

  /// Sends what is new; the server takes the same values twice without keeping two.
  public func send(_ part: RunPart) throws(DeliveryError) {
    do {
      let id = try self.id ?? create()
      self.id = id
      if !hasTags { try sendTags(id) }
      let new = part.parameters.filter { parameters[$0.key] == nil }
      try server.log(parameters: new, to: id)
      parameters.merge(new) { $1 }
      names.formUnion(part.metrics.map(\.name))
      try server.log(MLflowBatch(metrics: MLflowNames.renamed(part.metrics, among: names)), to: id)
      if let end = part.end { try finish(id, end, values: delivered + part.metrics.count) }
      delivered += part.metrics.count
    } catch let error as MLflowError {
      throw DeliveryError(error.failure, isTransient: error.isTransient)
    } catch {
      throw DeliveryError(Failure(.software, "\(error)"), isTransient: false)
    }
  }

  /// An earlier attempt may have created the run without its answer having come.
  private func create() throws -> String {
    let experiment = try server.experiment(named: self.experiment)
    let isRepeated = hasTried
    hasTried = true
    if isRepeated, let found = try server.run(run.id, in: experiment) { return found.id }
    return try server.create(run, in: experiment)
  }

  private func sendTags(_ id: String) throws {
    for piece in MLflowBatch.pieces(of: MLflowTags.own(tags)) {
      try server.log(MLflowBatch(tags: piece), to: id)
    }
    hasTags = true
  }

  private func finish(_ id: String, _ end: TrackedEnd, values: Int) throws {
    try server.log(MLflowBatch(tags: [MLflowTags.values: "\(values)"]), to: id)
    try server.update(id, ["status": .string(MLflowTags.status(end)), "end_time": .integer(end.time)])
  }
}
