// Every preset can be written as ONNX, and comes back. With RNN_ONNX_FIXTURES=folder, the models are written there, each with
// a document of inputs and of what rnnpipe makes of them, for fixtures/onnx/verify.py to compare with onnxruntime.

import Foundation
import Networks
import Testing

@Suite struct ONNXPresetTests {
  @Test(arguments: Preset.all.map(\.name)) func everyPresetCanBeWritten(_ name: String) throws {
    var network = try GeneratedNetwork(preset: Preset.named(name))
    let (architecture, weights) = (network.architecture, network.weights)
    let metadata = ["rnn.architecture": architecture.json.text]
    let bytes = try architecture.onnx(
      weights: weights, ONNXOptions(metadata: metadata, version: "test"))
    let read = try ONNXNetwork(onnx: bytes)
    #expect(read.isVerified)
    #expect(read.architecture == architecture)
    #expect(read.weights == weights)
    guard let folder = ProcessInfo.processInfo.environment["RNN_ONNX_FIXTURES"] else { return }
    let url = URL(fileURLWithPath: folder).appendingPathComponent("preset+\(name)")
    try Data(bytes).write(to: url.appendingPathExtension("onnx"))
    try Data(network.document().encoded).write(to: url.appendingPathExtension("safetensors"))
  }
}
