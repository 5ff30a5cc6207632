// Files saved by Keras: their weights are read, give Keras's output, and are written as Keras writes them.

import ByteStreams
import Failures
import Foundation
import HDF5
import JSON
import ModelExchange
import Networks
import Tensor
import TensorFile
import Testing

@Suite struct KerasFileTests {
  static let cases = ["stacked", "cells", "no_bias", "many", "normalized", "batch_normalized"]

  private static func weights(_ name: String, _ saved: ExchangeCase) throws -> ForeignWeights {
    try ForeignWeights(
      kerasWeights: archive(bytes("keras/saved/\(name).keras")).weights, for: saved.architecture)
  }

  @Test(arguments: cases) func weightsMatchKeras(_ name: String) throws {
    let saved = try ExchangeCase("keras/saved/\(name).safetensors")
    let read = try Self.weights(name, saved)
    for (weight, tensor) in read.weights { #expect(saved.document.tensors[weight] == tensor, "\(weight)") }
    #expect(read.weights.count == saved.document.tensors.count - 2)
    #expect(read.moves.count == read.weights.count)
  }

  @Test(arguments: cases) func outputIsKerass(_ name: String) throws {
    let saved = try ExchangeCase("keras/saved/\(name).safetensors")
    #expect(try saved.distance(Self.weights(name, saved).weights) < 1e-5)
  }

  /// rnnpipe's file has everything that Keras's has except the optimizer's state.
  @Test(arguments: cases) func writtenFilesMatchKeras(_ name: String) throws {
    let saved = try ExchangeCase("keras/saved/\(name).safetensors")
    let written = try HDF5File(kerasWeights(saved.model(Self.weights(name, saved).weights)))
    let keras = try HDF5File(archive(bytes("keras/saved/\(name).keras")).weights)
    #expect(written.groups == keras.groups.filter { !$0.hasPrefix("optimizer") })
    #expect(Set(written.arrays.keys) == Set(keras.arrays.keys.filter { !$0.hasPrefix("optimizer") }))
    for path in written.arrays.keys { #expect(try written.floats(path) == keras.floats(path), "\(path)") }
  }

  @Test(arguments: cases) func layersMatchKeras(_ name: String) throws {
    let saved = try ExchangeCase("keras/saved/\(name).safetensors")
    let model = try KerasModel(archive(bytes("keras/saved/\(name).keras")).configuration)
    #expect(model.architecture == saved.architecture)
    #expect(model.objective.loss == (name == "stacked" ? "binary_crossentropy" : "mse"))
  }

  /// What is written is read back: layers, input and weights; writing twice gives the same bytes.
  @Test(arguments: cases) func archiveRoundTrip(_ name: String) throws {
    let saved = try ExchangeCase("keras/saved/\(name).safetensors")
    let model = saved.model(try Self.weights(name, saved).weights)
    func written() throws -> [UInt8] {
      let sink = ByteSink()
      try KerasArchive.write(
        configuration: model.architecture.kerasConfig().text, weights: kerasWeights(model)
      ) { sink.bytes += $0 }
      return sink.bytes
    }
    let bytes = try written()
    let read = try archive(bytes)
    #expect(try KerasModel(read.configuration).architecture == saved.architecture)
    #expect(
      try ForeignWeights(kerasWeights: read.weights, for: saved.architecture).weights == model.weights)
    #expect(try written() == bytes)
  }

  @Test func openNumbersOfStepsMustBeGiven() throws {
    let open = try Architecture(layers: LayerSpec.parse("lstm(2)"), input: .sequence(steps: 5, width: 3))
      .kerasConfig().text.replacing("[null,5,3]", with: "[null,null,3]")
    #expect(throws: Failure.self) { try KerasModel(JSONValue(parsing: open)) }
    let model = try KerasModel(JSONValue(parsing: open), steps: 7)
    #expect(model.architecture.input == .sequence(steps: 7, width: 3))
  }

  @Test func weightsFileOfACompiledModel() throws {
    let saved = try ExchangeCase("keras/saved/stacked.safetensors")
    let read = try ForeignWeights(
      kerasWeights: bytes("keras/saved/stacked.weights.h5"), for: saved.architecture)
    #expect(try read.weights == Self.weights("stacked", saved).weights)
  }

  private func problem(_ layers: String, _ path: String = "keras/saved/stacked.weights.h5") throws -> String?
  {
    let architecture = try Architecture(layers: LayerSpec.parse(layers), input: .tokens(steps: 6))
    do {
      _ = try ForeignWeights(kerasWeights: bytes(path), for: architecture)
      return nil
    } catch let failure as Failure {
      return failure.problem
    }
  }

  @Test func otherLayersAreRefused() throws {
    #expect(
      try problem("embedding(9,3) lstm(4,return_sequences) gru(3)")
        == "the file has no layers/gru/cell/vars/0 for gru.kernel")
    #expect(
      try problem("embedding(9,3) lstm(5)")
        == "layers/lstm/cell/vars/0 has the shape [3, 16], but lstm.kernel is [3, 20]")
    #expect(
      try problem("embedding(9,3) lstm(4)")
        == "the file has layers/dense/vars/0, which belongs to no layer of the network")
  }

  @Test func otherFilesAreRefused() throws {
    let whole = HDF5Builder()
    whole.add(group: "model_weights/lstm")
    let empty = HDF5Builder()
    let architecture = try Architecture(
      layers: LayerSpec.parse("lstm(2)"), input: .sequence(steps: 2, width: 1))
    for (file, words) in [
      (whole, "whole model in the older .h5 format"), (empty, "not a .weights.h5 file of Keras 3"),
    ] {
      let failure = #expect(throws: Failure.self) {
        try ForeignWeights(kerasWeights: file.encoded, for: architecture)
      }
      #expect(failure?.problem.contains(words) == true)
    }
    #expect(throws: Failure.self) { try archive(Array("PK\u{3}\u{4} no archive".utf8)) }
  }
}

/// What a writer wrote.
private final class ByteSink {
  var bytes: [UInt8] = []
}
