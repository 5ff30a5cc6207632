// An architecture as JSON in the metadata of a model file: the layers string and the shapes of the inputs.
//
//   a chain   {"layers": "...", "input": "tokens", "steps": 200}   a numeric input has `features` too
//   a graph   {"layers": "...", "inputs": {"source": {"input": "tokens", "steps": 20}, ...}}

import Failures
import JSON

extension Architecture {
  /// The architecture as JSON.
  public var json: JSONValue {
    var members: [String: JSONValue] = ["layers": .string(text)]
    if topology.isChain {
      members.merge(input.members) { first, _ in first }
    } else {
      let shapes = zip(topology.inputs, inputs).map { ($0.name, JSONValue.object($1.members)) }
      members["inputs"] = .object(Dictionary(uniqueKeysWithValues: shapes))
    }
    return .object(members)
  }

  /// Reads the format of `json`; throws `Failure` (data).
  public init(json: JSONValue) throws {
    guard let text = json["layers"]?.string else { throw Self.damage }
    do {
      let topology = try Topology(parsing: text)
      let inputs = try topology.inputs.map { input in
        try ValueShape(members: json["inputs"]?[input.name] ?? json)
      }
      try self.init(topology, inputs: inputs)
    } catch let failure as Failure where failure.kind == .usage {
      throw Failure.data(
        "the model's architecture: \(failure.problem)", remedy: "if a newer version made it, update rnnpipe")
    }
  }

  fileprivate static var damage: Failure { Failure.data("the model's architecture is damaged") }
}

extension ValueShape {
  fileprivate var members: [String: JSONValue] {
    switch self {
    case .tokens(let steps): ["input": "tokens", "steps": .integer(Int64(steps))]
    case .characters(let steps, let length):
      ["input": "characters", "steps": .integer(Int64(steps)), "length": .integer(Int64(length))]
    case .sequence(let steps, let width):
      ["input": "features", "steps": .integer(Int64(steps)), "features": .integer(Int64(width))]
    case .vector(let width): ["input": "vector", "features": .integer(Int64(width))]
    case .channels: preconditionFailure("an input has no channels")
    }
  }

  fileprivate init(members json: JSONValue) throws {
    func size(_ key: String) throws -> Int {
      guard let size = json[key]?.int, (1...1 << 24).contains(size) else { throw Architecture.damage }
      return size
    }
    switch json["input"]?.string {
    case "tokens": self = .tokens(steps: try size("steps"))
    case "characters": self = .characters(steps: try size("steps"), length: try size("length"))
    case "features": self = .sequence(steps: try size("steps"), width: try size("features"))
    case "vector": self = .vector(width: try size("features"))
    default:
      throw Failure.data(
        "the model has a kind of input that this version doesn't support", remedy: "update rnnpipe")
    }
  }
}
