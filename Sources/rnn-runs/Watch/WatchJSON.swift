// What is watched, as JSON.

import JSON
import Registry

extension WatchPicture {
  /// One object; see docs/json.md.
  var json: JSONValue {
    .object([
      "time": .string(time.text), "running": .array(running.map { $0.json(at: time) }),
      "ended": .array(ended.map { $0.json(at: time) }),
      "problem": problem.map { .string($0.description) } ?? .null,
    ])
  }

  /// The picture without what changes by the mere passing of time.
  var withoutTime: WatchPicture {
    var picture = self
    picture.time = Timestamp(milliseconds: 0)
    return picture
  }
}

extension WatchedRun {
  fileprivate func json(at now: Timestamp) -> JSONValue {
    var object = run.json.object ?? [:]
    object["elapsed_s"] = .number(elapsed(at: now))
    object["fraction"] = fraction.map(JSONValue.number) ?? .null
    object["progress"] = report?.json ?? .null
    object["metrics"] = .array(metrics.map { $0[.last]?.json ?? .null }.filter { $0 != .null })
    return .object(object)
  }
}

extension ProgressFolder.Report {
  fileprivate var json: JSONValue {
    .object([
      "label": .string(progress.label), "amount": .integer(Int64(progress.amount)),
      "total": progress.total.map { .integer(Int64($0)) } ?? .null,
      "unit": .string(progress.isBytes ? "bytes" : "items"),
      "rate": progress.rate.map(JSONValue.number) ?? .null,
      "remaining_s": progress.remaining.map(JSONValue.number) ?? .null, "text": .string(progress.text),
      "updated_at": .string(updatedAt.text),
    ])
  }
}
