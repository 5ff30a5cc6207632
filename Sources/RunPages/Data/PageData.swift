// The data of a page as compressed JSON; docs/report.md describes it.

import Charts
import Failures
import JSON
import Registry

/// Makes the data of pages.
public struct PageData {
  private let registry: Registry
  private let settings: PageSettings

  /// Data of runs in `registry`.
  public init(_ registry: Registry, _ settings: PageSettings) {
    (self.registry, self.settings) = (registry, settings)
  }

  /// Data for a file, with curves and pictures.
  /// - Parameters:
  ///   - runs: the runs in the order of the table.
  ///   - older: how many runs that were selected are left out.
  ///   - use: takes the content of each picture that is shown, in order.
  /// - Returns: JSON, compressed in zlib's format.
  public func complete(
    _ runs: [Run], leavingOut older: Int, pictures use: (RecordedPicture) throws -> Void
  ) throws -> [UInt8] {
    let collection = try RunCollection(runs, in: registry, settings)
    let measured = collection.measured.filter { $0.row < collection.selected }
    let curves = try collection.curves(of: measured.prefix(settings.limits.curves))
    let pictures = try collection.pictures.embedded(settings.limits, use)
    let more: [(String, JSONValue)] = [
      ("curves", curves), ("pictures", pictures), ("measured", .integer(Int64(measured.count))),
      ("older", .integer(Int64(older))),
    ]
    return try compressed(collection, runs, more)
  }

  /// Data for a server, which sends curves and pictures when they are asked for.
  /// - Returns: JSON, compressed in zlib's format.
  public func live(_ runs: [Run], leavingOut older: Int) throws -> [UInt8] {
    let collection = try RunCollection(runs, in: registry, settings)
    let more: [(String, JSONValue)] = [
      ("live", true), ("pictures", collection.pictures.json), ("older", .integer(Int64(older))),
    ]
    return try compressed(collection, runs, more)
  }

  /// The curves of some runs, which are named by their ids.
  /// - Returns: JSON.
  public func curves(of ids: [String]) throws -> [UInt8] {
    let curves = try ids.map { id -> JSONValue in
      let curves = Curves(try registry.metrics(of: id), atMost: settings.limits.points)
      return ["id": .string(id), "curves": .array(curves.json)]
    }
    return Array(JSONValue.object(["curves": .array(curves)]).text.utf8)
  }

  private func compressed(
    _ collection: RunCollection, _ runs: [Run], _ more: [(String, JSONValue)]
  ) throws -> [UInt8] {
    let deflater = try Deflater()
    let members = head(collection) + [("steps", try steps(runs))] + more + collection.columns.members
    for (index, (key, value)) in members.enumerated() {
      deflater.add((index == 0 ? "{" : ",") + JSONValue.string(key).text + ":" + value.text)
    }
    deflater.add("}")
    return deflater.finish()
  }

  private func head(_ collection: RunCollection) -> [(String, JSONValue)] {
    let names = collection.columns.metricNames
    let directions = Dictionary(
      names.compactMap { name in
        settings.isLargerBetter(name).map { (name, JSONValue.string($0 ? "max" : "min")) }
      }
    ) { first, _ in first }
    return [
      ("format", 1), ("generated", .integer(Timestamp.now.milliseconds)),
      ("title", settings.title.map(JSONValue.string) ?? .null),
      ("language", .string(settings.language.rawValue)),
      ("version", .string(settings.version)), ("registry", .string(settings.registry)),
      ("selected", .integer(Int64(collection.selected))),
      ("count", .integer(Int64(collection.columns.count))),
      ("lacks_upstream", .bool(collection.lacksUpstream)), ("limits", limits),
      ("shown", .array(settings.metrics.map(Self.json))), ("directions", .object(directions)),
      ("main", settings.mainMetric(names).map(JSONValue.string) ?? .null), ("inputs", collection.inputs.json),
      ("outputs", collection.outputs.json),
    ]
  }

  private var limits: JSONValue {
    let limits = settings.limits
    return .object(
      [
        "runs": limits.runs, "upstream": limits.upstream, "curves": limits.curves, "points": limits.points,
        "picture": limits.picture, "pictures": limits.pictures,
      ].mapValues { .integer(Int64($0)) })
  }

  private static func json(_ metric: ShownMetric) -> JSONValue {
    var object: [String: JSONValue] = ["heading": .string(metric.heading), "metric": .string(metric.name)]
    if case .statistic(let statistic) = metric.choice { object["statistic"] = .string(statistic.rawValue) }
    return .object(object)
  }

  /// The values of metrics at steps, by heading.
  private func steps(_ runs: [Run]) throws -> JSONValue {
    var found: [String: JSONValue] = [:]
    for metric in settings.metrics {
      guard case .step(let step) = metric.choice else { continue }
      let values = try registry.values(of: metric.name, atStep: step, in: runs)
      var column = NumberColumn()
      for (row, run) in runs.enumerated() { column.set(row, values[run.id]) }
      found[metric.heading] = column.json(rows: runs.count)
    }
    return .object(found)
  }
}
