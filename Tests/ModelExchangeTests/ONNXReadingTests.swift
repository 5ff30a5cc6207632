// ONNX models are read: those of PyTorch's and Keras's exporters give what onnxruntime computed (fixtures/onnx/exporters.py),
// and those that rnnpipe writes give the same layers and weights again, bit for bit.

import Failures
import Foundation
import ModelExchange
import Networks
import Tensor
import TensorFile
import Testing

@Suite struct ONNXReadingTests {
  /// The models of other exporters that can be held.
  static let models = [
    "keras_bidirectional", "keras_gru", "keras_joined", "keras_lstm", "keras_rnn", "keras_stacked",
    "torch_both_states", "torch_both_states_dynamo", "torch_classifier", "torch_classifier_14",
    "torch_classifier_dynamo", "torch_features", "torch_features_14", "torch_features_dynamo",
    "torch_lstm_no_bias",
    "torch_lstm_no_bias_dynamo", "torch_rnn", "torch_states", "torch_states_dynamo", "torch_steps_first",
    "torch_steps_first_dynamo", "torch_translator",
  ]

  private static func model(_ name: String) throws -> [UInt8] { try bytes("onnx/models/\(name).onnx") }

  @Test(arguments: models) func exportedModelsGiveWhatOnnxruntimeComputes(_ name: String) throws {
    let network = try ONNXNetwork(onnx: Self.model(name), steps: 7)
    let document = try document("onnx/models/\(name).safetensors")
    // Without batch_first, the axes of rows and steps are swapped.
    let isSwapped = name.hasPrefix("torch_steps_first")
    let inputs = try network.architecture.inputs.enumerated().map { number, shape in
      let tensor = try #require(document.tensors["input.\(number)"])
      let ordered = isSwapped ? swapped(tensor) : tensor
      return shape.isTokens ? Tensor(ordered.integers, shape: ordered.shape) : ordered
    }
    let expected = try network.architecture.outputs.indices.map { number in
      let tensor = try #require(document.tensors["output.\(number)"])
      return (isSwapped ? swapped(tensor) : tensor).floats
    }
    let outputs = try predictions(
      network.architecture, network.weights, inputs, counts: expected.map(\.count))
    for (output, expected) in zip(outputs, expected) {
      #expect(zip(output, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }, "\(name)")
    }
    // What was read is a model file's: its layers can be written and read.
    #expect(try Topology(parsing: network.architecture.text) == network.architecture.topology)
  }

  private func swapped(_ tensor: Tensor) -> Tensor {
    let (outer, inner) = (tensor.shape[0], tensor.shape[1])
    let width = tensor.count / outer / inner
    let values = tensor.floats
    var result: [Float] = []
    for row in 0..<inner {
      for step in 0..<outer {
        let start = (step * inner + row) * width
        result += values[start..<start + width]
      }
    }
    return Tensor(result, shape: [inner, outer] + tensor.shape.dropFirst(2))
  }

  @Test(arguments: [
    ("keras_masked", "(Cast) converts numbers"), ("torch_steps_first", "the number of time steps"),
  ])
  func whatCannotBeHeldIsRefusedByName(_ name: String, _ words: String) throws {
    #expect {
      _ = try ONNXNetwork(onnx: Self.model(name))
    } throws: { error in
      let failure = error as? Failure
      return failure.map { "\($0)" }?.contains(words) == true && failure?.remedy != nil
    }
  }

  // MARK: rnnpipe's own models

  /// The documents of networks that can be written, with their options for writing.
  private static func ownModels() throws -> [(path: String, example: ExchangeCase, bytes: [UInt8])] {
    try String(decoding: bytes("onnx/verified.txt"), as: UTF8.self).split(separator: "\n").compactMap {
      line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 2, words[1] != "refused" else { return nil }
      let example = try ExchangeCase(words[0])
      let metadata = ["rnn.architecture": example.architecture.json.text]
      let opset = words[0].utf8.count.isMultiple(of: 2) ? 14 : 17
      return (
        words[0], example,
        try example.architecture.onnx(
          weights: example.document.tensors, ONNXOptions(opset: opset, metadata: metadata, version: "test"))
      )
    }
  }

  @Test func ownModelsComeBackBitForBit() throws {
    for (path, example, bytes) in try Self.ownModels() {
      let network = try ONNXNetwork(onnx: bytes)
      #expect(network.isVerified, "\(path)")
      #expect(network.architecture == example.architecture, "\(path)")
      for (name, weight) in network.weights {
        #expect(example.document.tensors[name] == weight, "\(path) \(name)")
      }
    }
  }

  /// Without its metadata, a model is read as any other one: it is refused, or gives the same numbers.
  @Test func ownModelsAreReadWithoutTheirMetadata() throws {
    var (read, refused) = (0, 0)
    for (path, example, _) in try Self.ownModels() {
      // One number of steps can be given for all inputs.
      guard Set(example.architecture.inputs.compactMap(\.steps)).count < 2 else { continue }
      let bytes = try example.architecture.onnx(
        weights: example.document.tensors, ONNXOptions(opset: 17, version: "test"))
      do {
        let network = try ONNXNetwork(
          onnx: bytes, steps: example.architecture.inputs.compactMap(\.steps).first)
        #expect(!network.isVerified)
        let distance = try example.distance(network.weights, through: network.architecture)
        #expect(distance < 2e-5, "\(path)")
        read += 1
      } catch let failure as Failure where failure.kind == .data {
        refused += 1
      }
    }
    #expect(read > refused)
  }

  @Test func metadataAreNotBelievedAgainstTheGraph() throws {
    let layers = try LayerSpec.parse("gru(3,return_sequences) dense(2,tanh)")
    let architecture = try Architecture(layers: layers, input: .sequence(steps: 4, width: 2))
    let other = try Architecture(
      layers: LayerSpec.parse("gru(3) dense(2)"), input: .sequence(steps: 4, width: 2))
    let network = try Network(architecture, rows: 1, workers: 1, isTraining: false)
    let weights = Dictionary(
      uniqueKeysWithValues: network.parameters.map { ($0.name, Tensor($0.array, shape: $0.shape)) })
    let bytes = try architecture.onnx(
      weights: weights, ONNXOptions(metadata: ["rnn.architecture": other.json.text], version: "test"))
    let imported = try ImportedONNX(bytes, steps: 4)
    #expect(imported.architecture.text == architecture.text)
    #expect(imported.notes.count == 1)
  }

  // MARK: Damage

  @Test(arguments: ["torch_rnn", "keras_joined"])
  func damagedModelsAreRefusedOrValid(_ name: String) throws {
    let whole = try Self.model(name)
    for count in 0..<whole.count { try check(Array(whole.prefix(count))) }
    for place in whole.indices {
      for change in [0x01, 0x80, 0xFF] as [UInt8] {
        var changed = whole
        changed[place] ^= change
        try check(changed)
      }
    }
  }

  private func check(_ bytes: [UInt8]) throws {
    do {
      _ = try ONNXNetwork(onnx: bytes, steps: 7).architecture.summary()
    } catch let failure as Failure {
      #expect(failure.kind != .software, "\(failure)")
    }
  }
}

extension Tensor {
  /// The numbers as whole ones.
  fileprivate var integers: [Int32] {
    values(as: Int64.self)?.map { Int32($0) } ?? values(as: Int32.self) ?? floats.map { Int32($0) }
  }
}
