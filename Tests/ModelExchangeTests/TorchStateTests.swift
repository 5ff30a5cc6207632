// State dicts of PyTorch: weights are read and give PyTorch's output, are written unchanged, and nothing is guessed
// if two assignments are possible.

import Failures
import ModelExchange
import Networks
import Tensor
import TensorFile
import Testing

@Suite struct TorchStateTests {
  static let cases = [
    "lstm_stacked", "lstm_both_ways", "gru", "gru_both_ways", "rnn", "no_bias", "numbered",
    "normalized", "batch_normalized", "lstm_projected",
  ]

  private static func state(_ name: String) throws -> [String: Tensor] {
    try document("pytorch/\(name).safetensors").tensors
  }

  private static func output(_ name: String) throws -> ExchangeCase {
    try ExchangeCase("pytorch/\(name).output.safetensors")
  }

  @Test(arguments: cases) func outputMatchesPyTorch(_ name: String) throws {
    let given = try Self.output(name)
    let read = try ForeignWeights(torchState: Self.state(name), for: given.architecture)
    #expect(try given.distance(read.weights) < 1e-5)
  }

  /// The same modules and names; where two biases became one, only their sum must agree.
  @Test(arguments: cases) func exportedUnderTheSameNames(_ name: String) throws {
    let (given, state) = (try Self.output(name), try Self.state(name))
    let model = given.model(try ForeignWeights(torchState: state, for: given.architecture).weights)
    let back = try torchState(model, like: state).tensors
    #expect(Set(back.keys) == Set(state.keys))
    for (key, tensor) in back {
      #expect(tensor.shape == state[key]?.shape, "\(key)")
      if !key.contains("bias_") || name.hasPrefix("gru") { #expect(tensor == state[key], "\(key)") }
    }
    let again = try ForeignWeights(torchState: back, for: given.architecture)
    #expect(again.weights == model.weights)
  }

  @Test func defaultNamesAreTheLayersNames() throws {
    let given = try Self.output("numbered")
    let model = given.model(
      try ForeignWeights(torchState: Self.state("numbered"), for: given.architecture).weights)
    let state = try torchState(model).tensors
    #expect(state["lstm_2.weight_ih_l0"]?.shape == [16, 4])
    #expect(state["dense.bias"]?.shape == [1])
    #expect(try ForeignWeights(torchState: state, for: given.architecture).weights == model.weights)
  }

  private func failure(_ work: () throws -> Void) -> Failure? {
    #expect(throws: Failure.self) { try work() }
  }

  @Test func ambiguityIsRejectedUntilResolved() throws {
    let (given, state) = (try Self.output("ambiguous"), try Self.state("ambiguous"))
    let refusal = failure { _ = try ForeignWeights(torchState: state, for: given.architecture) }
    #expect(
      refusal?.problem == "the layer gru could take the weights of decoder.rnn or of encoder.rnn")
    #expect(refusal?.remedy == "choose one with --module gru=decoder.rnn")
    for layer in ["gru", "gru_1"] {
      let pins = [layer: layer == "gru" ? "encoder.rnn" : "decoder.rnn"]
      let read = try ForeignWeights(torchState: state, for: given.architecture, pins: pins)
      #expect(try given.distance(read.weights) < 1e-5)
    }
    let wrong = failure {
      _ = try ForeignWeights(torchState: state, for: given.architecture, pins: ["gru": "coder"])
    }
    #expect(wrong?.problem == "there is no module coder")
  }

  @Test func unusedTensorsAreRejected() throws {
    let given = try Self.output("gru")
    var state = try Self.state("gru")
    state["extra.weight"] = Tensor([1, 2] as [Float], shape: [1, 2])
    #expect(
      failure { _ = try ForeignWeights(torchState: state, for: given.architecture) }?.problem
        .contains("extra: nn.Embedding(1, 2)") == true)
    state["extra.weight"] = nil
    state["batch.running_mean"] = Tensor([1] as [Float])
    #expect(
      failure { _ = try ForeignWeights(torchState: state, for: given.architecture) }?.problem
        == "the module 'batch' isn't supported: it has running_mean")
  }

  @Test(arguments: [
    ("gru(4,reset_after=false)", "reset_after=false"), ("lstm(4,relu)", "activations other than"),
    ("simple_rnn(4,sigmoid)", "activation sigmoid"), ("gru(4,go_backwards)", "go_backwards"),
  ])
  func layersThatPyTorchLacksAreRejected(_ layers: String, _ words: String) throws {
    let architecture = try Architecture(
      layers: LayerSpec.parse(layers), input: .sequence(steps: 3, width: 2))
    let network = try Network(architecture, rows: 1, workers: 1, isTraining: false)
    let model = ModelFile(
      network, ObjectiveText(loss: "mse", metrics: []), facts: StreamHeader(kind: ""))
    #expect(failure { _ = try torchState(model) }?.problem.contains(words) == true)
  }
}
