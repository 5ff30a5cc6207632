// Every preset can be written as ONNX, and comes back. With RNN_ONNX_FIXTURES=folder, the models are written there, each with
// a document of inputs and of what rnnpipe makes of them, for fixtures/onnx/verify.py to compare with onnxruntime.

import Foundation
import Networks
import Tensor
import TensorFile
import Testing

@Suite struct ONNXPresetTests {
  @Test(arguments: Preset.all.map(\.name)) func everyPresetCanBeWritten(_ name: String) throws {
    var generator = Numbers()
    let architecture = try architecture(of: Preset.named(name))
    var weights: [String: Tensor] = [:]
    for weight in try architecture.weightedLayers().flatMap(\.weights) {
      let least: Float = weight.role.hasSuffix("moving_variance") ? 0.5 : -0.4
      let values = (0..<weight.shape.reduce(1, *)).map { _ in least + 0.8 * generator.next() }
      weights[weight.name] = Tensor(values, shape: weight.shape)
    }
    let metadata = ["rnn.architecture": architecture.json.text]
    let bytes = try architecture.onnx(
      weights: weights, ONNXOptions(metadata: metadata, version: "test"))
    let network = try ONNXNetwork(onnx: bytes)
    #expect(network.isVerified)
    #expect(network.architecture == architecture)
    #expect(network.weights == weights)
    guard let folder = ProcessInfo.processInfo.environment["RNN_ONNX_FIXTURES"] else { return }
    let url = URL(fileURLWithPath: folder).appendingPathComponent("preset+\(name)")
    try Data(bytes).write(to: url.appendingPathExtension("onnx"))
    let document = try document(architecture, weights, &generator)
    try Data(document.encoded).write(to: url.appendingPathExtension("safetensors"))
  }

  /// The preset's network for 24 steps of 2 numbers, or of token ids.
  private func architecture(of preset: Preset) throws -> Architecture {
    let outline = try preset.outline()
    let names = outline.inputs.map(\.name)
    var sizes = Preset.Sizes(
      vocabularies: Dictionary(names.map { ($0, 12) }) { first, _ in first }, targets: 24, classes: 5)
    (sizes.steps, sizes.features, sizes.horizon, sizes.isContinuous) = (24, 2, 12, true)
    let topology = try preset.topology(sizes)
    return try Architecture(
      topology,
      inputs: topology.inputs.enumerated().map { number, input in
        if input.isVector { return .vector(width: 8) }
        if topology.readsCharacters(input: number) { return .characters(steps: 24, length: 6) }
        return preset.tokenInputs.contains(input.name) ? .tokens(steps: 24) : .sequence(steps: 24, width: 2)
      })
  }

  private static let rows = 5

  /// Inputs, of which some steps at the beginning or the end are padding, and outputs.
  private func document(
    _ architecture: Architecture, _ weights: [String: Tensor], _ generator: inout Numbers
  ) throws -> SafetensorsDocument {
    var tensors: [String: Tensor] = [:]
    let inputs = zip(architecture.topology.inputs, architecture.inputs).map { input, shape in
      let steps = shape.steps ?? 1
      let width = shape.extents.reduce(1, *) / steps
      var values: [Float] = []
      for row in 0..<Self.rows {
        for step in 0..<steps {
          let isPadding = row == 1 ? step < 4 : row == 2 ? step >= steps - 5 : false
          values += (0..<width).map { _ in isPadding && shape.isTokens ? 0 : generator.next() }
        }
      }
      let extents = [Self.rows] + shape.extents
      let tensor =
        shape.isTokens
        ? Tensor(values.map { Int32(($0 * 11).rounded(.up)) }, shape: extents) : Tensor(values, shape: extents)
      tensors["input.\(input.name)"] = tensor
      return tensor
    }
    let shapes = architecture.outputs.map { [Self.rows] + $0.extents }
    let outputs = try predictions(
      architecture, weights, inputs, counts: shapes.map { $0.reduce(1, *) })
    for (output, (values, shape)) in zip(architecture.topology.outputs, zip(outputs, shapes)) {
      tensors["output.\(output.name)"] = Tensor(values, shape: shape)
    }
    return SafetensorsDocument(tensors: tensors, metadata: [:])
  }
}

/// Numbers from 0 to 1 that look random, and are the same in every run.
private struct Numbers {
  private var state: UInt64 = 5

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24)
  }
}
