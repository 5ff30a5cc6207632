// Recognizing a model that rnnpipe wrote. Its metadata name layers; whether the graph is theirs is found by writing it again:
// first with weights that are the numbers of their places, which shows where each weight is in the graph's constants, then
// with the weights that are there. Only if the result equals the graph, node by node and bit by bit, the metadata are true.

import JSON
import ONNX
import Tensor

/// A model that rnnpipe wrote.
struct ONNXOwnModel {
  let architecture: Architecture
  let weights: [String: Tensor]

  /// The most weights that can be numbered: as bits, larger numbers are floats that other constants have.
  private static let most = 1 << 28

  /// Nil if the graph isn't what rnnpipe writes for the layers of the model's metadata.
  init?(_ model: ONNXModel) {
    guard model.producer == "rnnpipe", ONNXOptions.opsets.contains(model.opset),
      let text = model.metadata["rnn.architecture"], let json = try? JSONValue(parsing: text),
      let architecture = try? Architecture(json: json),
      let weights = try? Self.weights(of: architecture, in: model)
    else { return nil }
    guard let written = try? Self.written(architecture, weights, model.opset), written == model.graph else {
      return nil
    }
    (self.architecture, self.weights) = (architecture, weights)
  }

  private static func written(
    _ architecture: Architecture, _ weights: [String: Tensor], _ opset: Int
  ) throws -> ONNXRecord {
    try ONNXModel(architecture.onnx(weights: weights, ONNXOptions(opset: opset, version: ""))).graph
  }

  /// The weights, from the places in the constants where they are written; nil if the constants differ.
  private static func weights(of architecture: Architecture, in model: ONNXModel) throws -> [String: Tensor]?
  {
    let specs = try architecture.weightedLayers().flatMap(\.weights)
    // Every weight is in the file: layers can't ask for more memory than it has.
    let total = specs.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let size = model.graph.constants.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
    guard total <= size, total < most, architecture.widestConstant <= Double(max(size, 1 << 16)) else {
      return nil
    }
    var (markers, next) = ([String: Tensor](), 1)
    for spec in specs {
      let count = spec.shape.reduce(1, *)
      let marks = (next..<next + count).map { Float(bitPattern: UInt32($0)) }
      markers[spec.name] = Tensor(marks, shape: spec.shape)
      next += count
    }
    var found = [Float](repeating: .nan, count: next)
    for (name, constant) in try written(architecture, markers, model.opset).constants {
      guard let marks = constant.floats else { continue }
      guard let own = model.graph.constants[name], own.shape == constant.shape, let values = own.floats else {
        return nil
      }
      for (mark, value) in zip(marks, values) where 1..<next ~= Int(mark.bitPattern) {
        found[Int(mark.bitPattern)] = value
      }
    }
    return markers.mapValues { marks in
      let start = Int(marks.floats.first?.bitPattern ?? 1)
      return Tensor(Array(found[start..<start + marks.count]), shape: marks.shape)
    }
  }
}

extension Architecture {
  /// The most numbers of a constant that can be larger than the weights that it is made of: a one for each feature, sums of
  /// groups, the matrix of all heads, the embeddings of all channels and segments. The product can exceed a whole number.
  fileprivate var widestConstant: Double {
    let ones = topology.nodes.flatMap { shapes(read: $0).map { Double($0.width) } }
    let groups = layers.compactMap {
      ($0.definition as? Ascending).map { Double($0.count) * Double($0.count) }
    }
    let heads = layers.flatMap(\.definition.directions).compactMap { layer in
      (layer as? SLSTM).map { 4 * Double($0.options.units) * Double($0.options.units) }
    }
    let segments = topology.nodes.compactMap { node -> Double? in
      guard let layer = topology.layer(node).definition as? SegmentGRU, let shape = shapes(read: node).first
      else { return nil }
      return Double(shape.channels ?? 1) * Double(layer.segments) * Double(shape.width)
    }
    return (ones + groups + heads + segments).max() ?? 0
  }
}
