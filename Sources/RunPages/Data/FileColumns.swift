// What runs read and wrote, as columns with a row for each input or output.

import JSON
import Registry

/// Columns of inputs or outputs, to which they are added run by run.
struct FileColumns {
  private var count = 0
  private var texts: [String: TextColumn] = [:]
  private var numbers: [String: NumberColumn] = [:]

  /// The characters of a hash that are shown.
  private static let hashLength = 12

  /// Adds an input of the run in row `run`.
  mutating func add(_ input: RecordedInput, of run: Int) {
    set("upstream", input.upstream?.run)
    set("upstream_stage", input.upstream?.stage)
    add(input.artifact, path: input.path, of: run)
  }

  /// Adds an output of the run in row `run`.
  mutating func add(_ output: RunOutput, at position: Int, of run: Int) {
    numbers["position", default: NumberColumn()].set(count, position)
    add(output.artifact, path: output.path, of: run)
  }

  private mutating func add(_ artifact: Artifact, path: String?, of run: Int) {
    set("kind", artifact.kind)
    set("hash", artifact.hash.map { String($0.prefix(Self.hashLength)) })
    set("path", path)
    numbers["run", default: NumberColumn()].set(count, run)
    numbers["rows", default: NumberColumn()].set(count, artifact.rows)
    numbers["bytes", default: NumberColumn()].set(count, artifact.bytes)
    count += 1
  }

  private mutating func set(_ key: String, _ text: String?) {
    texts[key, default: TextColumn()].set(count, text)
  }

  /// The columns by name, and `count`.
  var json: JSONValue {
    var object = texts.mapValues { $0.json(rows: count) }
    for (key, column) in numbers { object[key] = column.json(rows: count) }
    object["count"] = .integer(Int64(count))
    return .object(object)
  }
}
