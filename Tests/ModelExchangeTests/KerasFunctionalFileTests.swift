// Functional models saved by Keras: layers, losses and weights are read, give Keras's outputs, and are written as
// Keras writes them.

import HDF5
import JSON
import ModelExchange
import Networks
import Tensor
import TensorFile
import Testing

@Suite struct KerasFunctionalFileTests {
  static let cases = [
    "attention", "both_ways", "chain", "masked_merges", "names", "one_loss", "order", "outputs_of_one_layer",
    "own_output", "residual", "shared", "time_distributed", "translator", "two_inputs", "two_outputs",
    "two_outputs_dicts", "two_outputs_list", "two_outputs_objects",
  ]

  /// A saved model as rnnpipe reads it.
  private struct Saved {
    let reference: ExchangeCase
    let model: KerasModel
    let file: KerasArchive
    let weights: [String: Tensor]

    init(_ name: String) throws {
      reference = try ExchangeCase("keras/saved/functional_\(name).safetensors")
      file = try archive(bytes("keras/saved/functional_\(name).keras"))
      model = try KerasModel(file.configuration)
      weights = try WeightFile.keras(file).weights(for: model.architecture).weights
    }
  }

  @Test(arguments: cases) func outputsMatchKeras(_ name: String) throws {
    let saved = try Saved(name)
    #expect(try saved.reference.distance(saved.weights, through: saved.model.architecture) < 1e-5)
  }

  /// The same weights in the network of the layers string, in Keras's order of layers.
  @Test(arguments: cases) func weightsMatchKeras(_ name: String) throws {
    let saved = try Saved(name)
    let tensors = saved.reference.document.tensors
    let read = try ForeignWeights(kerasWeights: saved.file.weights, for: saved.reference.architecture).weights
    #expect(
      read.keys.sorted()
        == tensors.keys.filter { !$0.hasPrefix("input.") && !$0.hasPrefix("output") }.sorted())
    for (weight, tensor) in read { #expect(tensors[weight] == tensor, "\(weight)") }
    #expect(try saved.reference.distance(read) < 1e-5)
  }

  @Test(arguments: ["order", "shared", "two_inputs", "two_outputs"])
  func weightsFilesAreRead(_ name: String) throws {
    let reference = try ExchangeCase("keras/saved/functional_\(name).safetensors")
    let read = try ForeignWeights(
      kerasWeights: bytes("keras/saved/functional_\(name).weights.h5"), for: reference.architecture)
    for (weight, tensor) in read.weights {
      #expect(reference.document.tensors[weight] == tensor, "\(weight)")
    }
    #expect(try reference.distance(read.weights) < 1e-5)
  }

  /// What rnnpipe writes has Keras's groups and arrays, except the optimizer's state.
  @Test(arguments: cases) func writtenFilesMatchKeras(_ name: String) throws {
    let saved = try Saved(name)
    let written = try HDF5File(
      kerasWeights(
        ModelFile(
          saved.model.architecture, weights: saved.weights, saved.model.objective,
          facts: StreamHeader(kind: ""))))
    let keras = try HDF5File(saved.file.weights)
    #expect(Set(written.arrays.keys) == Set(keras.arrays.keys.filter { !$0.hasPrefix("optimizer") }))
    for path in written.arrays.keys { #expect(try written.floats(path) == keras.floats(path), "\(path)") }
  }

  @Test(arguments: cases) func roundTrip(_ name: String) throws {
    let saved = try Saved(name)
    let written = try KerasModel(saved.model.architecture.kerasConfig())
    let model = ModelFile(
      saved.model.architecture, weights: saved.weights, saved.model.objective, facts: StreamHeader(kind: ""))
    let again = try ForeignWeights(
      kerasWeights: kerasWeights(model), for: written.architecture,
      order: KerasConfig(json: saved.model.architecture.kerasConfig()).order)
    #expect(try saved.reference.distance(again.weights, through: written.architecture) < 1e-5)
  }

  @Test(arguments: cases) func lossesAreThoseOfTheCompiledModel(_ name: String) throws {
    let saved = try Saved(name)
    guard let loss = saved.reference.document.metadata["loss"] else { return }
    #expect(saved.model.objective.loss == loss)
    #expect(saved.model.notes == [])
    let weights = try saved.reference.document.metadata["loss_weights"].map {
      try JSONValue(parsing: $0).object ?? [:]
    }
    let text = weights.map { weights in
      saved.model.architecture.topology.outputs.map { "\($0.name)=\(weights[$0.name]?.double ?? 1)" }
        .joined(separator: ",")
    }
    #expect(saved.model.objective.lossWeights == text ?? "")
  }
}
