// What the tests of this folder share: files of fixtures, and a network's output for a batch.

import ByteStreams
import Foundation
import Interchange
import ModelExchange
import Networks
import OperatingSystem
import Tensor
import TensorFile
import Testing
import Training

/// The repository's folder of fixtures.
let fixtures = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("fixtures")

func bytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: fixtures.appendingPathComponent(path)))
}

func document(_ path: String) throws -> SafetensorsDocument { try SafetensorsDocument(parsing: bytes(path)) }

/// A network's input, its output in the other framework, and its layers.
struct ExchangeCase {
  let document: SafetensorsDocument
  let architecture: Architecture
  let x: Tensor

  init(_ path: String) throws {
    document = try ModelExchangeTests.document(path)
    x = try #require(document.tensors["input.x"])
    let shape: ValueShape =
      x.shape.count == 2 ? .tokens(steps: x.shape[1]) : .sequence(steps: x.shape[1], width: x.shape[2])
    let layers = try #require(document.metadata["layers"])
    architecture = try Architecture(layers: LayerSpec.parse(layers), input: shape)
  }

  /// The largest difference of our output with these weights from the other framework's, relative.
  func distance(_ weights: [String: Tensor]) throws -> Float {
    let expected = try #require(document.tensors["output"]).floats
    let network = try Network(architecture, rows: x.rows, workers: 1, isTraining: false)
    try network.assign(weights)
    let trainer = try Trainer(
      network,
      TrainerOptions(
        Objective(loss: .meanSquaredError), optimizer: OptimizerSpec(parsing: "adam"), batchSize: x.rows,
        seed: 0, threads: 1), targetWidths: [expected.count / x.rows])
    defer { trainer.close() }
    let input: DataSet.Input = x.values(as: Int32.self).map { .tokens($0) } ?? .features(x.floats)
    let data = DataSet(
      rows: x.rows, input: input, targets: [Float](repeating: 0, count: expected.count),
      targetWidth: expected.count / x.rows)
    let output = trainer.predict(data)
    #expect(output.count == expected.count)
    let largest = max(expected.map(abs).max() ?? 0, 1e-3)
    return (zip(output, expected).map { abs($0 - $1) }.max() ?? 0) / largest
  }

  /// A model of these layers.
  func model(_ weights: [String: Tensor]) -> ModelFile {
    ModelFile(
      architecture, weights: weights, ObjectiveText(loss: "mse", metrics: []), facts: StreamHeader(kind: ""))
  }
}

/// Bytes at hand as a source.
struct ArraySource: ByteSource {
  var bytes: ArraySlice<UInt8>
  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }
  mutating func read(upTo count: Int) throws -> [UInt8] {
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }
}

func archive(_ bytes: [UInt8]) throws -> KerasArchive {
  try KerasArchive(TemporaryFile(copying: ArraySource(bytes)), named: "model.keras")
}
