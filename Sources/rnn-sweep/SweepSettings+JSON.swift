// The settings of a sweep as the JSON of its folder.

import Failures
import JSON
import Registry
import Stage
import Sweeps

extension SweepSettings {
  private static let format = 1

  /// The contents of `sweep.json`.
  var json: JSONValue {
    var object: [String: JSONValue] = [
      "format": .integer(Int64(Self.format)), "version": .string(rnnpipeVersion), "sweep": .string(id),
      "command": .array(command.given.map(JSONValue.string)), "folder": .string(workingFolder),
      "registry": .string(registry.path), "metric": .string(metric.heading), "direction": .string(direction),
      "method": .string(plan.method.rawValue), "trials": .integer(Int64(plan.trials)),
      "seed": .string("\(plan.seed)"), "ahead": .integer(Int64(plan.ahead)),
      "space": .array(plan.space.parameters.map(\.json)),
    ]
    if let rungs = plan.rungs, let first = rungs.budgets.first, let last = rungs.budgets.last {
      object["budget"] = .string("\(rungs.name)=\(first)..\(last)")
      object["factor"] = .integer(Int64(rungs.factor))
    }
    return .object(object)
  }

  /// Reads the contents of `sweep.json`.
  /// - Throws: `Failure` (data), placed nowhere.
  init(_ json: JSONValue) throws {
    guard let format = json["format"]?.int else { throw Self.damaged("format") }
    guard format <= Self.format else {
      throw Failure.data("was written by a newer version of rnnpipe", remedy: "use that version")
    }
    func text(_ key: String) throws -> String {
      guard let text = json[key]?.string else { throw Self.damaged(key) }
      return text
    }
    func number(_ key: String) throws -> Int {
      guard let number = json[key]?.int, (1...100_000).contains(number) else { throw Self.damaged(key) }
      return number
    }
    let space = try Space((json["space"]?.array ?? []).map(Parameter.init(json:)))
    let rungs = try json["budget"]?.string.map {
      try Rungs(parsing: $0, factor: max(2, try number("factor")))
    }
    guard let method = SearchMethod(rawValue: try text("method")), let seed = UInt64(try text("seed")),
      let words = json["command"]?.array?.compactMap(\.string), !words.isEmpty,
      ["min", "max"].contains(try text("direction"))
    else { throw Self.damaged("method, seed, command or direction") }
    self.init(
      id: try text("sweep"), command: try TrialCommand(words, space, budget: rungs?.name),
      workingFolder: try text("folder"), registry: RegistryLocation(path: try text("registry")),
      metric: try MetricColumn(try text("metric")),
      plan: SweepPlan.Settings(
        space: space, method: method, trials: try number("trials"), seed: seed,
        prefersLarge: try text("direction") == "max", ahead: try number("ahead"), rungs: rungs))
  }

  private static func damaged(_ key: String) -> Failure {
    .data("is damaged: \(key) is missing or wrong", remedy: "begin another sweep")
  }
}

extension Parameter {
  fileprivate var json: JSONValue {
    var object: [String: JSONValue] = ["name": .string(name)]
    switch values {
    case .choices(let texts): object["choices"] = .array(texts.map(JSONValue.string))
    case .range(let range): object["range"] = .string(range.text)
    }
    if let condition {
      object["if"] = .object([condition.name: .array(condition.values.map(JSONValue.string))])
    }
    return .object(object)
  }

  fileprivate init(json: JSONValue) throws {
    guard let name = json["name"]?.string else { throw Failure.data("is damaged: a parameter has no name") }
    var condition: Condition?
    if let (other, values) = json["if"]?.object?.first {
      condition = Condition(name: other, values: values.array?.compactMap(\.string) ?? [])
    }
    if let texts = json["choices"]?.array?.compactMap(\.string), !texts.isEmpty {
      self.init(name: name, values: .choices(texts), condition: condition)
    } else {
      self.init(
        name: name, values: try ParameterValues(parsing: json["range"]?.string ?? ""), condition: condition)
    }
  }
}
