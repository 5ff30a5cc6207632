// Shared by the tests of this folder: files of fixtures, and a network's output for a batch.

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

/// A network's inputs, its outputs in the other framework, and its layers.
struct ExchangeCase {
  let document: SafetensorsDocument
  let architecture: Architecture

  init(_ path: String) throws {
    let document = try ModelExchangeTests.document(path)
    self.document = document
    let topology = try Topology(parsing: #require(document.metadata["layers"]))
    architecture = try Architecture(
      topology,
      inputs: topology.inputs.map { input in
        let tensor = try #require(document.tensors["input.\(input.name)"])
        return try ValueShape(
          ColumnSchema(type: tensor.type, rowShape: tensor.rowShape, isRagged: false), column: input.name,
          isVector: input.isVector)
      })
  }

  /// The largest relative difference between rnnpipe's outputs with these weights and the other framework's.
  /// - Parameter other: the network if it isn't the file's; its inputs and outputs are the same.
  func distance(_ weights: [String: Tensor], through other: Architecture? = nil) throws -> Float {
    let architecture = other ?? self.architecture
    let expected = try architecture.topology.outputs.map { output in
      try #require(document.tensors["output.\(output.name)"] ?? document.tensors["output"]).floats
    }
    let outputs = try outputs(of: architecture, weights, counts: expected.map(\.count))
    return try zip(outputs, expected).map { output, expected in
      try #require(output.count == expected.count)
      let largest = max(expected.map(abs).max() ?? 0, 1e-3)
      return (zip(output, expected).map { abs($0 - $1) }.max() ?? 0) / largest
    }.max() ?? .infinity
  }

  private func outputs(
    of architecture: Architecture, _ weights: [String: Tensor], counts: [Int]
  ) throws -> [[Float]] {
    let inputs = try architecture.topology.inputs.map {
      try #require(document.tensors["input.\($0.name)"], "no input \($0.name)")
    }
    return try predictions(architecture, weights, inputs, counts: counts)
  }

  /// A model of these layers.
  func model(_ weights: [String: Tensor]) -> ModelFile {
    ModelFile(
      architecture, weights: weights, ObjectiveText(loss: "mse", metrics: []), facts: StreamHeader(kind: ""))
  }
}

/// The outputs of a network for rows, each with this many numbers in all.
func predictions(
  _ architecture: Architecture, _ weights: [String: Tensor], _ inputs: [Tensor], counts: [Int]
) throws -> [[Float]] {
  let rows = inputs[0].rows
  let network = try Network(architecture, rows: rows, workers: 1, isTraining: false)
  try network.assign(weights)
  let terms = try architecture.topology.outputs.enumerated().map { number, output in
    let loss = architecture.topology.hasOwnLoss(number) ? try Loss(parsing: "crf") : .meanSquaredError
    return Objective.Term(name: output.name, loss: loss, metrics: [])
  }
  let options = TrainerOptions(
    Objective(terms), optimizer: try OptimizerSpec(parsing: "adam"), batchSize: rows, seed: 0, threads: 1)
  // The targets of a layer with a loss of its own are one label a step.
  let widths = architecture.outputs.enumerated().map { number, shape in
    architecture.topology.hasOwnLoss(number) ? shape.steps ?? 1 : counts[number] / rows
  }
  let trainer = try Trainer(network, options, targetWidths: widths)
  defer { trainer.close() }
  let data = DataSet(
    rows: rows,
    inputs: inputs.map { $0.values(as: Int32.self).map { .tokens($0) } ?? .features($0.floats) },
    targets: widths.map { DataSet.Targets([Float](repeating: 0, count: rows * $0), width: $0) }, weights: []
  )
  return counts.indices.map { trainer.predict(data, output: $0) }
}

/// Bytes in memory as a source.
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
