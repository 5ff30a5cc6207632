// A network from an ONNX model: one that rnnpipe wrote, recognized as such, or any graph of operators that layers can hold.

import Failures
import ONNX
import Tensor

/// A network that was read from an ONNX model.
public struct ONNXNetwork: Sendable {
  /// The layers and their inputs.
  public let architecture: Architecture
  /// The weights under the names of model files.
  public let weights: [String: Tensor]
  /// What rnnpipe knew about the model and its data, as metadata of model files; empty for other programs' models.
  public let metadata: [String: String]
  /// Whether the graph is the one that rnnpipe writes for the layers of its metadata.
  public let isVerified: Bool

  /// Reads a model.
  ///
  /// The metadata's layers are believed only if the graph is, node by node, what they become as ONNX; otherwise the graph
  /// alone says what the layers are.
  /// - Parameters:
  ///   - bytes: the file.
  ///   - steps: the number of steps of a row, if the file leaves it open.
  /// - Throws: `Failure`: a node can't be held exactly, or the file is damaged (data); the number of steps is needed (usage).
  public init(onnx bytes: [UInt8], steps: Int? = nil) throws {
    let model = try ONNXModel(bytes)
    metadata = model.metadata.filter { $0.key.hasPrefix("rnn.") }
    if let own = ONNXOwnModel(model) {
      (architecture, weights, isVerified) = (own.architecture, own.weights, true)
      return
    }
    guard !model.graph.nodes.isEmpty, !model.graph.outputs.isEmpty else {
      throw Failure.data("the ONNX model computes nothing")
    }
    guard 7...26 ~= model.opset else {
      throw Failure.data(
        "the ONNX model is of operator set \(model.opset)", remedy: "export it for one of the sets 7 to 26")
    }
    (architecture, weights) = try Self.read(model, steps)
    isVerified = false
    guard weights.values.allSatisfy({ $0.floats.areAllFinite }) else {
      throw Failure.data("the ONNX model's weights aren't all finite numbers")
    }
  }

  /// Reads the graph with rows first or, if that isn't possible, with steps first.
  private static func read(_ model: ONNXModel, _ steps: Int?) throws -> (Architecture, [String: Tensor]) {
    do {
      return try read(model, .rowsFirst, steps)
    } catch let failure as Failure {
      do { return try read(model, .stepsFirst, steps) } catch { throw failure }
    }
  }

  private static func read(
    _ model: ONNXModel, _ layout: ONNXGraphReader.Layout, _ steps: Int?
  ) throws -> (Architecture, [String: Tensor]) {
    var reader = ONNXGraphReader(model.graph, opset: model.opset, layout: layout, steps: steps)
    let outputs = try reader.read()
    do {
      return try ONNXAssembly(reader.drafts, outputs: outputs).network(
        inputs: Array(zip(model.graph.inputs.map(\.name), reader.inputs)),
        outputs: model.graph.outputs.map(\.name))
    } catch let failure as Failure where failure.kind == .usage {
      throw Failure.data("the ONNX model's layers: \(failure.problem)", remedy: failure.remedy)
    }
  }
}
