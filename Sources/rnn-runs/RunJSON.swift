// Runs as JSON: the keys are the database's column names.

import JSON
import Registry

extension Optional<String> {
  fileprivate var json: JSONValue { map(JSONValue.string) ?? .null }
}

extension Optional where Wrapped: BinaryInteger {
  fileprivate var json: JSONValue { map { .integer(Int64($0)) } ?? .null }
}

extension Run {
  /// One row of `runs`.
  var json: JSONValue {
    .object([
      "id": .string(id), "stage": .string(stage), "name": name.json, "status": .string(status.rawValue),
      "argv": .array(argv.map(JSONValue.string)), "version": .string(version), "seed": seed.json,
      "cpu_target": .string(cpuTarget), "host": .string(host), "user": .string(user),
      "pid": .integer(Int64(pid)), "cwd": .string(cwd), "started_at": .string(startedAt.text),
      "ended_at": (endedAt?.text).json, "wall_s": wall.map(JSONValue.number) ?? .null,
      "cpu_s": cpu.map(JSONValue.number) ?? .null, "peak_rss_bytes": peakRSS.json, "exit_code": exitCode.json,
      "error": error.json,
    ])
  }
}

extension RunDetails {
  /// The run with its parameters, tags, last metrics, inputs and outputs.
  var json: JSONValue {
    var object = run.json.object ?? [:]
    object["params"] = .object(parameters.mapValues(JSONValue.string))
    object["tags"] = .object(tags.mapValues(JSONValue.string))
    object["metrics"] = .array(lastMetrics.map(\.json))
    object["inputs"] = .array(inputs.map(\.json))
    object["outputs"] = .array(outputs.map { .object($0.artifact.members(path: $0.path)) })
    return .object(object)
  }
}

extension MetricPoint {
  /// One row of `metrics`; a value that is not a number is null.
  var json: JSONValue {
    ["name": .string(name), "step": .integer(Int64(step)), "value": .number(value)]
  }
}

extension Artifact {
  fileprivate func members(path: String?) -> [String: JSONValue] {
    [
      "artifact_hash": hash.json, "kind": kind.json, "rows": rows.json, "bytes": bytes.json,
      "columns": columnsJSON, "path": path.json,
    ]
  }

  /// The columns as an object, or as text if it can't be parsed.
  private var columnsJSON: JSONValue {
    guard let columns else { return .null }
    do { return try JSONValue(parsing: columns) } catch { return .string(columns) }
  }
}

extension RecordedInput {
  fileprivate var json: JSONValue {
    var object = artifact.members(path: path)
    object["upstream_run_id"] = (upstream?.run).json
    object["upstream_stage"] = (upstream?.stage).json
    object["upstream_known"] = .bool(isUpstreamKnown)
    return .object(object)
  }
}

extension LineageNode {
  /// The run, the data that leads to it, and the next runs under `upstream` or `downstream`.
  func json(_ direction: LineageDirection) -> JSONValue {
    var object: [String: JSONValue] = [
      "run_id": id.json, "stage": stage.json, "known": .bool(run != nil),
      "status": (run?.status.rawValue).json, "started_at": (run?.startedAt.text).json,
      (direction == .up ? "upstream" : "downstream"): .array(branches.map { $0.json(direction) }),
    ]
    if let artifact { object["artifact"] = .object(artifact.members(path: path)) }
    if isRepeated { object["repeated"] = true }
    return .object(object)
  }
}
