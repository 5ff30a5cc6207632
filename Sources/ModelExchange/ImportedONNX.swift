// A model from an ONNX file: its layers and weights, and what rnnpipe's own files say about their data.

import Failures
import Networks
import Tensor
import TensorFile

/// A model from an ONNX file.
public struct ImportedONNX: Sendable {
  /// The layers and their inputs.
  public let architecture: Architecture
  /// The weights under the names of model files.
  public let weights: [String: Tensor]
  /// The objective of a model that rnnpipe trained; else the one that is usual for its outputs.
  public let objective: ObjectiveText
  /// What the file says about the data, such as scaling and a vocabulary; empty for other programs' files.
  public let facts: StreamHeader
  /// Messages for the user.
  public let notes: [String]

  /// - Parameters:
  ///   - steps: time steps of a row, if not specified in the file.
  ///   - loss: the loss to use instead of the file's or the usual one, in the format of the command line.
  /// - Throws: `Failure` if the file is damaged, or a node can't be held exactly.
  public init(_ bytes: [UInt8], steps: Int? = nil, loss: String? = nil) throws {
    let network = try ONNXNetwork(onnx: bytes, steps: steps)
    (architecture, weights) = (network.architecture, network.weights)
    facts = try StreamHeader(onnxMetadata: network.metadata)
    let trained = network.isVerified ? try ObjectiveText(metadata: network.metadata) : nil
    if let trained, loss == nil {
      objective = trained
    } else {
      objective = ObjectiveText(usualFor: network.architecture.topology, loss: loss)
    }
    let isChanged = !network.isVerified && network.metadata["rnn.architecture"] != nil
    notes =
      isChanged
      ? ["the graph is not the one that rnnpipe wrote with its metadata: its layers are read anew"] : []
  }
}

extension ForeignWeights {
  /// The weights of an ONNX model for a network of these layers, which must be of the same kinds and sizes in the same order.
  init(_ model: ImportedONNX, for architecture: Architecture) throws {
    let remedy = "use the layers of the ONNX model, which rnn-convert MODEL.onnx -o MODEL.tensors.zst shows"
    let (own, wanted) = (try Self.weighted(model.architecture), try Self.weighted(architecture))
    guard own.map(\.kind) == wanted.map(\.kind) else {
      let names = own.map(\.layer.name).joined(separator: ", ")
      throw Failure.data(
        "the ONNX model's layers with weights are \(names), not those of the network", remedy: remedy)
    }
    var weights: [String: Tensor] = [:]
    var moves: [WeightMove] = []
    for (source, target) in zip(own, wanted) {
      guard source.weights.map(\.role) == target.weights.map(\.role),
        source.weights.map(\.shape) == target.weights.map(\.shape)
      else {
        throw Failure.data(
          "the ONNX model's layer \(source.name) has other weights than \(target.name)", remedy: remedy)
      }
      for (from, to) in zip(source.weights, target.weights) { weights[to.name] = model.weights[from.name] }
      moves.append(WeightMove(source: source.name, layer: target.name, form: source.layer.description))
    }
    self.init(weights: weights, moves: moves)
  }

  private static func weighted(_ architecture: Architecture) throws -> [WeightedLayer] {
    try architecture.weightedLayers().filter { !$0.weights.isEmpty }
  }
}
