// The tags by which MLflow shows where a run is from, and by which a run is recognized when it is sent again.

enum MLflowTags {
  /// The run's id in the registry.
  static let run = "rnnpipe.run"
  /// How many values of metrics the server has, once it has them all.
  static let values = "rnnpipe.values"

  /// The tags of a new run.
  static func first(of run: TrackedStart) -> [String: String] {
    [
      Self.run: run.id, "rnnpipe.stage": run.stage, "rnnpipe.version": run.version, "rnnpipe.host": run.host,
      "rnnpipe.command": MLflowNames.cut(run.command, to: MLflowNames.longestTag), "mlflow.user": run.user,
      "mlflow.source.name": run.stage, "mlflow.source.type": "LOCAL",
    ]
  }

  /// The run's name in MLflow.
  static func name(of run: TrackedStart) -> String {
    MLflowNames.cut(run.name ?? "\(run.stage) \(run.shortID)", to: MLflowNames.longestName)
  }

  /// The user's tags, of which the note is MLflow's description.
  static func own(_ tags: [String: String]) -> [String: String] {
    let names = MLflowNames.accepted(tags.keys)
    return tags.reduce(into: [:]) { result, tag in
      let name = tag.key == "note" ? "mlflow.note.content" : names[tag.key] ?? tag.key
      result[name] = MLflowNames.cut(tag.value, to: MLflowNames.longestTag)
    }
  }

  /// MLflow's word for a run's end.
  static func status(_ end: TrackedEnd) -> String {
    switch end.status {
    case .done: "FINISHED"
    case .failed: "FAILED"
    case .interrupted: "KILLED"
    }
  }
}
