// Runs as OpenLineage events (https://openlineage.io/spec/2-0-2/OpenLineage.json), which lineage servers such as Marquez
// collect: a START of each run, and a COMPLETE, FAIL or ABORT with what it read and wrote.
//
// A run's UUID is made of its id, and data that went through a pipe is named by its hash, so that the events of several
// registries fit together.

import Foundation
import Hashing
import JSON
import Registry
import Stage

/// The events of a run.
struct OpenLineageEvents {
  private let details: RunDetails
  private let runID: JSONValue

  private static let producer = JSONValue.string("urn:rnnpipe:run-registry")
  private static let schema = "https://openlineage.io/spec/2-0-2/OpenLineage.json"

  init(_ details: RunDetails) throws {
    self.details = details
    runID = .string(try Self.uuid(details.run.id))
  }

  /// The events in order; a run that is still going on has no end.
  var events: [JSONValue] {
    let run = details.run
    let start = event("START", run.startedAt, facets: startFacets, inputs: [], outputs: [])
    guard let type = Self.endType(run.status) else { return [start] }
    let end = event(
      type, run.endedAt ?? run.startedAt, facets: endFacets, inputs: details.inputs.map(input),
      outputs: details.outputs.map(output))
    return [start, end]
  }

  private static func endType(_ status: RunStatus) -> String? {
    switch status {
    case .running: nil
    case .done: "COMPLETE"
    case .failed: "FAIL"
    case .interrupted: "ABORT"
    }
  }

  private func event(
    _ type: String, _ time: Timestamp, facets: [String: JSONValue], inputs: [JSONValue], outputs: [JSONValue]
  ) -> JSONValue {
    let job: JSONValue = .object([
      "namespace": .string(details.run.host), "name": .string(details.run.stage),
      "facets": [
        "jobType": facet(
          "2-0-4/JobTypeJobFacet",
          ["processingType": "BATCH", "integration": "RNNPIPE", "jobType": "COMMAND"])
      ],
    ])
    return .object([
      "eventType": .string(type), "eventTime": .string(time.text), "producer": Self.producer,
      "schemaURL": .string("\(Self.schema)#/$defs/RunEvent"),
      "run": ["runId": runID, "facets": .object(facets)], "job": job,
      "inputs": .array(inputs), "outputs": .array(outputs),
    ])
  }

  private func facet(_ path: String, _ members: [String: JSONValue]) -> JSONValue {
    let name = path.split(separator: "/").last ?? ""
    let url = "https://openlineage.io/spec/facets/\(path).json#/$defs/\(name)"
    return .object(members.merging(["_producer": Self.producer, "_schemaURL": .string(url)]) { $1 })
  }

  private var startFacets: [String: JSONValue] {
    let run = details.run
    var tags = details.tags.merging(["rnnpipe.run": run.id, "rnnpipe.command": Words.command(run.argv[...])])
    { $1 }
    if let name = run.name { tags["rnnpipe.name"] = name }
    for (key, value) in details.parameters { tags["rnnpipe.param.\(key)"] = value }
    let listed = tags.sorted { $0.key < $1.key }.map { key, value -> JSONValue in
      [
        "key": .string(key), "value": .string(value),
        "source": .string(key.hasPrefix("rnnpipe.") ? "RNNPIPE" : "USER"),
      ]
    }
    return [
      "processing_engine": facet(
        "1-1-1/ProcessingEngineRunFacet",
        [
          "name": "rnnpipe", "version": .string(run.version),
          "openlineageAdapterVersion": .string(run.version),
        ]), "tags": facet("1-0-0/TagsRunFacet", ["tags": .array(listed)]),
    ]
  }

  private var endFacets: [String: JSONValue] {
    guard let error = details.run.error else { return [:] }
    return [
      "errorMessage": facet(
        "1-0-1/ErrorMessageRunFacet", ["message": .string(error), "programmingLanguage": "SWIFT"])
    ]
  }

  private func input(_ input: RecordedInput) -> JSONValue { .object(dataset(input.artifact, input.path)) }

  private func output(_ output: RunOutput) -> JSONValue {
    var object = dataset(output.artifact, output.path)
    var statistics: [String: JSONValue] = [:]
    if let rows = output.artifact.rows { statistics["rowCount"] = .integer(Int64(rows)) }
    if let bytes = output.artifact.bytes { statistics["size"] = .integer(Int64(bytes)) }
    object["outputFacets"] = [
      "outputStatistics": facet("1-0-2/OutputStatisticsOutputDatasetFacet", statistics)
    ]
    return .object(object)
  }

  /// A file is named by machine and path, as OpenLineage's naming rules say; what has no path, by its hash.
  private func dataset(_ artifact: Artifact, _ path: String?) -> [String: JSONValue] {
    let name = path ?? artifact.hash.map { "sha256:\($0)" } ?? "pipe:\(details.run.id)"
    var facets: [String: JSONValue] = [:]
    if let hash = artifact.hash {
      facets["version"] = facet("1-0-1/DatasetVersionDatasetFacet", ["datasetVersion": .string(hash)])
    }
    if let fields = fields(artifact.columns) {
      facets["schema"] = facet("1-2-0/SchemaDatasetFacet", ["fields": .array(fields)])
    }
    return [
      "namespace": .string(path == nil ? "rnnpipe" : "file://\(details.run.host)"), "name": .string(name),
      "facets": .object(facets),
    ]
  }

  private func fields(_ columns: String?) -> [JSONValue]? {
    guard let columns, let object = try? JSONValue(parsing: columns).object else { return nil }
    return object.sorted { $0.key < $1.key }.map { name, type in
      ["name": .string(name), "type": .string(type.string ?? type.text)]
    }
  }

  /// A UUID of version 8 (RFC 9562): the first bits of the id's SHA-256.
  static func uuid(_ id: String) throws -> String {
    var bytes = Array(try MessageDigest.of(Array("rnnpipe run \(id)".utf8)).prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = bytes.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
      String(digits.dropFirst(range.lowerBound).prefix(range.count))
    }
    return parts.joined(separator: "-")
  }
}
