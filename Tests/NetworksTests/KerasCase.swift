// One file of fixtures/keras: a network's weights, a batch, and what Keras makes of them.

import Foundation
import JSON
import Networks
import Tensor
import TensorFile
import Testing
import Training

/// A reference case; fixtures/keras/README.md says what is in a file.
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

  /// How many rows the batch has.
  var rows: Int { get throws { try tensor("input.x").rows } }

  /// The layers, and what they read.
  var architecture: Architecture {
    get throws {
      let x = try tensor("input.x")
      let shape: ValueShape =
        x.shape.count == 2
        ? .tokens(steps: x.shape[1]) : .sequence(steps: x.shape[1], width: x.shape[2])
      return try Architecture(layers: LayerSpec.parse(try fact("layers")), input: shape)
    }
  }

  /// The batch.
  var data: DataSet {
    get throws {
      let (x, y) = (try tensor("input.x"), try tensor("input.y"))
      let input: DataSet.Input = x.values(as: Int32.self).map { .tokens($0) } ?? .features(x.floats)
      return DataSet(
        rows: x.rows, input: input, targets: y.floats, targetWidth: y.rowWidth,
        weights: document.tensors["input.weight"]?.floats ?? [])
    }
  }

  /// The network with Keras's weights, for batches of up to `rows` rows.
  func network(rows: Int) throws -> Network {
    let network = try Network(try architecture, rows: rows, workers: 2, isTraining: true)
    for parameter in network.parameters {
      let weight = try tensor(parameter.name)
      #expect(weight.shape == parameter.shape, "\(parameter.name)")
      parameter.assign(weight.floats)
    }
    return network
  }
}

/// The distance of two tensors: max|a-b| / max(max|b|, 1e-3), infinite where they differ in size.
func distance(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count, a.allSatisfy(\.isFinite) else { return .infinity }
  let largest = b.map(abs).max() ?? 0
  let farthest = zip(a, b).map { abs($0 - $1) }.max() ?? 0
  return farthest / max(largest, 1e-3)
}
