// Networks as ONNX models: those that onnxruntime has been seen to run like Keras.
//
// fixtures/onnx/verified.txt has a line for each network of the fixtures: its document, and the SHA-256 of the model, or
// `refused` where ONNX has nothing like a layer. After a change of the models, RNN_ONNX_FIXTURES=folder makes this test write
// them into a folder, from which fixtures/onnx/verify.py makes the list anew (fixtures/onnx/README.md).

import Failures
import Foundation
import Hashing
import Networks
import Testing

@Suite struct ONNXTests {
  @Test func modelsAreTheVerifiedOnes() throws {
    let lines = String(decoding: try bytes("onnx/verified.txt"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count > 500)
    let folder = ProcessInfo.processInfo.environment["RNN_ONNX_FIXTURES"]
    var changed: [String] = []
    for line in lines where !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      let model = try model(of: words[0])
      if let folder, let model { try write(model, of: words[0], to: folder) }
      let found = try model.map { hexadecimal(try MessageDigest.of($0)) } ?? "refused"
      if found != words[1] { changed.append(words[0]) }
    }
    #expect(folder != nil || changed.isEmpty)
  }

  /// The network of a document with its weights, for the first and the last of the operator sets in turn; nil if it is
  /// refused.
  private func model(of path: String) throws -> [UInt8]? {
    let example = try ExchangeCase(path)
    let opset =
      path.utf8.count.isMultiple(of: 2) ? ONNXOptions.opsets.lowerBound : ONNXOptions.opsets.upperBound
    do {
      return try example.architecture.onnx(
        weights: example.document.tensors, ONNXOptions(opset: opset, version: "test"))
    } catch let failure as Failure where failure.problem.hasPrefix("ONNX has nothing like") {
      return nil
    }
  }

  private func write(_ model: [UInt8], of path: String, to folder: String) throws {
    let name = path.replacing("/", with: "+").replacing(".safetensors", with: ".onnx")
    try Data(model).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
  }

  @Test func aModelNamesItsLayersThatONNXLacks() throws {
    let architecture = try Architecture(
      layers: LayerSpec.parse("peephole_lstm(4,gelu) dense(1)"), input: .sequence(steps: 5, width: 2))
    #expect {
      try architecture.checkONNX()
    } throws: { error in
      (error as? Failure)?.problem
        == "ONNX has nothing like the layer peephole_lstm, since its operators don't have the activation gelu"
    }
  }
}
