// The calls that runs need (https://mlflow.org/docs/latest/rest-api.html).

import Failures
import JSON

/// A run as the server has it.
struct MLflowRun {
  let id: String
  let name: String?
  let status: String?
  let parameters: [String: String]
  let tags: [String: String]
  /// The names of the metrics that have values.
  let metrics: Set<String>

  init?(_ json: JSONValue?) {
    guard let json, let id = json["info"]?["run_id"]?.string else { return nil }
    self.id = id
    (name, status) = (json["info"]?["run_name"]?.string, json["info"]?["status"]?.string)
    parameters = Self.pairs(json["data"]?["params"])
    tags = Self.pairs(json["data"]?["tags"])
    metrics = Set((json["data"]?["metrics"]?.array ?? []).compactMap { $0["key"]?.string })
  }

  private static func pairs(_ json: JSONValue?) -> [String: String] {
    (json?.array ?? []).reduce(into: [:]) { pairs, pair in
      if let key = pair["key"]?.string { pairs[key] = pair["value"]?.string ?? "" }
    }
  }
}

extension MLflowServer {
  /// The id of the experiment with this name, which is created if there is none.
  func experiment(named name: String) throws -> String {
    if let found = try existing(experiment: name) { return found }
    do {
      return try text(post("experiments/create", ["name": .string(name)])["experiment_id"])
    } catch let error as MLflowError where error.code == "RESOURCE_ALREADY_EXISTS" {
      // Another process was quicker.
      guard let found = try existing(experiment: name) else { throw error }
      return found
    }
  }

  private func existing(experiment name: String) throws -> String? {
    do {
      let found = try get("experiments/get-by-name", [("experiment_name", name)])["experiment"]
      guard found?["lifecycle_stage"]?.string != "deleted" else {
        throw MLflowError(
          Failure(
            .unavailable, "the experiment \(name) is deleted on the server", at: address.name,
            remedy: "restore it with mlflow experiments restore, or name another in MLFLOW_EXPERIMENT_NAME"),
          isTransient: false)
      }
      return try text(found?["experiment_id"])
    } catch let error as MLflowError where error.code == "RESOURCE_DOES_NOT_EXIST" {
      return nil
    }
  }

  /// The run that a run's tag names; nil if there is none.
  func run(_ id: String, in experiment: String) throws -> MLflowRun? {
    let found = try post(
      "runs/search",
      [
        "experiment_ids": [.string(experiment)], "max_results": 1,
        "filter": .string("tags.`\(MLflowTags.run)` = '\(id.filter { $0 != "'" })'"),
      ])
    return MLflowRun(found["runs"]?.array?.first)
  }

  /// Creates a run.
  func create(_ run: TrackedStart, in experiment: String) throws -> String {
    let created = try post(
      "runs/create",
      [
        "experiment_id": .string(experiment), "start_time": .integer(run.time), "user_id": .string(run.user),
        "run_name": .string(MLflowTags.name(of: run)), "tags": MLflowBatch.pairs(MLflowTags.first(of: run)),
      ])
    return try text(created["run"]?["info"]?["run_id"])
  }

  /// The steps at which a metric of a run has a value.
  func steps(of metric: String, in run: String) throws -> Set<Int> {
    var (steps, token) = (Set<Int>(), nil as String?)
    repeat {
      let page = try get(
        "metrics/get-history",
        [("run_id", run), ("metric_key", metric), ("max_results", "\(Self.pageSize)")]
          + (token.map { [("page_token", $0)] } ?? []))
      let values = page["metrics"]?.array ?? []
      // A step of 0 may be left out.
      steps.formUnion(values.map { $0["step"].flatMap(Self.number) ?? 0 })
      token = values.isEmpty ? nil : page["next_page_token"]?.string
    } while token?.isEmpty == false
    return steps
  }

  /// A 64-bit integer, which MLflow writes as a number, and other servers as text.
  private static func number(_ json: JSONValue) -> Int? { json.int ?? json.string.flatMap { Int($0) } }

  private static let pageSize = 20_000

  func log(_ batch: MLflowBatch, to run: String) throws {
    guard !batch.isEmpty else { return }
    _ = try post("runs/log-batch", batch.json(run))
  }

  func update(_ run: String, _ members: [String: JSONValue]) throws {
    _ = try post("runs/update", .object(members.merging(["run_id": .string(run)]) { $1 }))
  }

  private func text(_ json: JSONValue?) throws -> String {
    guard let text = json?.string, !text.isEmpty else {
      throw MLflowError(
        Failure(
          .unavailable, "the server's answer is not that of MLflow", at: address.name,
          remedy: "check the address"),
        isTransient: false)
    }
    return text
  }
}
