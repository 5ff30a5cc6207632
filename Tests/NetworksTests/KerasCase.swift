// A file of fixtures/keras: a network's weights, a batch, and Keras's results.

import Foundation
import JSON
import Networks
import Tensor
import TensorFile
import Testing
import Training

/// A reference case; fixtures/keras/README.md describes its file.
struct KerasCase {
  let document: SafetensorsDocument

  /// The repository's folder of reference values.
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures/keras")

  /// The cases of one set as `set/case`, in order.
  static func names(_ set: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(set).path)
      .filter { $0.hasSuffix(".safetensors") }.map { "\(set)/\($0.dropLast(12))" }.sorted()
  }

  init(_ name: String) throws {
    let bytes = try Data(contentsOf: Self.folder.appendingPathComponent("\(name).safetensors"))
    document = try SafetensorsDocument(parsing: Array(bytes))
  }

  func tensor(_ name: String) throws -> Tensor { try #require(document.tensors[name], "no \(name)") }
  func fact(_ key: String) throws -> String { try #require(document.metadata[key], "no \(key)") }
  func json(_ key: String) throws -> JSONValue { try JSONValue(parsing: try fact(key)) }

  /// The layers and their connections.
  var topology: Topology { get throws { try Topology(parsing: try fact("layers")) } }

  /// The number of rows in the batch.
  var rows: Int { get throws { try inputs[0].rows } }

  /// The inputs, in the network's order.
  var inputs: [Tensor] { get throws { try topology.inputs.map { try tensor("input.\($0.name)") } } }

  /// The suffix of an output's name in the files: empty if there is one output, else a dot and the name.
  var outputSuffixes: [String] {
    get throws {
      let names = try topology.outputs.map(\.name)
      return names.count == 1 ? [""] : names.map { ".\($0)" }
    }
  }

  /// The network's architecture.
  var architecture: Architecture {
    get throws {
      let topology = try topology
      let shapes = try zip(try inputs, topology.inputs).map { tensor, input in
        try ValueShape(
          ColumnSchema(type: tensor.type, rowShape: tensor.rowShape, isRagged: false), column: input.name,
          isVector: input.isVector)
      }
      return try Architecture(topology, inputs: shapes)
    }
  }

  /// The losses, and the metrics.
  var objective: Objective {
    get throws {
      let weights =
        try document.metadata["loss_weights"].map { try JSONValue(parsing: $0).object ?? [:] } ?? [:]
      let metrics = try document.metadata["metrics"].map { text -> String in
        guard text.hasPrefix("[") else { return text }
        return try JSONValue(parsing: text).array?.compactMap(\.string).joined(separator: ",") ?? ""
      }
      return try Objective(
        ObjectiveText(
          loss: try fact("loss"), metrics: [],
          lossWeights: weights.map { "\($0.key)=\($0.value.double ?? .nan)" }.joined(separator: ",")),
        outputs: try topology.outputs.map(\.name), metrics: metrics ?? "")
    }
  }

  /// The batch.
  var data: DataSet {
    get throws {
      let inputs = zip(try inputs, try architecture.inputs).map { tensor, shape -> DataSet.Input in
        shape.isTokens ? .tokens(tensor.values(as: Int32.self) ?? []) : .features(tensor.floats)
      }
      let targets = try outputSuffixes.map { suffix in
        let y = try tensor("input.y\(suffix)")
        return DataSet.Targets(y.floats, width: y.rowWidth)
      }
      return DataSet(
        rows: try rows, inputs: inputs, targets: targets,
        weights: document.tensors["input.weight"]?.floats ?? [])
    }
  }

  /// The network with Keras's weights, for batches of up to `rows` rows.
  func network(rows: Int) throws -> Network {
    let network = try Network(try architecture, rows: rows, workers: 2, isTraining: true)
    for parameter in network.parameters {
      let weight = try tensor(parameter.name)
      try #require(weight.shape == parameter.shape, "\(parameter.name)")
      parameter.assign(weight.floats)
    }
    return network
  }
}

/// The distance of two tensors: max|a-b| / max(max|b|, 1e-3); infinite if their sizes differ.
func distance(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count, a.allSatisfy(\.isFinite) else { return .infinity }
  let largest = b.map(abs).max() ?? 0
  let farthest = zip(a, b).map { abs($0 - $1) }.max() ?? 0
  return farthest / max(largest, 1e-3)
}
