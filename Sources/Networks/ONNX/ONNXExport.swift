// A network as an ONNX model: each layer writes its nodes, in the order of the graph. Values are [batch, steps, features]
// or [batch, features]; a value with channels has batch * channels rows, as layers process it. Masks are [batch, steps] of
// 0 and 1.

import Failures
import ONNX
import Tensor

/// The settings of an ONNX model.
public struct ONNXOptions: Sendable {
  /// The operator sets that can be written.
  public static let opsets = 14...17

  /// The version of the operator set.
  public var opset: Int
  /// Texts that the model carries, by key.
  public var metadata: [String: String]
  /// The version of rnnpipe.
  public var version: String

  /// - Parameters:
  ///   - opset: the version of the operator set; one of `opsets`.
  ///   - metadata: texts that the model carries, by key.
  ///   - version: the version of rnnpipe.
  public init(opset: Int = 17, metadata: [String: String] = [:], version: String) {
    (self.opset, self.metadata, self.version) = (opset, metadata, version)
  }
}

extension Architecture {
  /// The network and its weights as an ONNX model. Rows, and steps where no layer needs a certain number of them, are
  /// axes of any extent: `batch` and `time`.
  /// - Throws: `Failure` (data) if ONNX has nothing like one of the layers, or a weight is missing.
  public func onnx(weights: [String: Tensor], _ options: ONNXOptions) throws -> [UInt8] {
    var writer = ONNXWriter(self, weights, opset: options.opset)
    try writer.write()
    return writer.graph.encoded(producer: ("rnnpipe", options.version), metadata: options.metadata)
  }

  /// Throws `Failure` (data) if ONNX has nothing like one of the layers.
  public func checkONNX() throws {
    let zeros = try weightedLayers().flatMap(\.weights).map { weight in
      (weight.name, Tensor([Float](repeating: 0, count: weight.shape.reduce(1, *)), shape: weight.shape))
    }
    _ = try onnx(weights: Dictionary(zeros) { first, _ in first }, ONNXOptions(version: ""))
  }

  /// Whether all inputs can have more steps, with the same weights.
  fileprivate var acceptsAnySteps: Bool {
    guard !layers.contains(where: { $0.definition.needsStepsInONNX }),
      let longer = try? with(inputs: inputs.map { $0.with(steps: ($0.steps ?? 0) + 1) }),
      let own = try? weightedLayers(), let others = try? longer.weightedLayers()
    else { return false }
    return zip(own, others).allSatisfy { $0.weights.map(\.shape) == $1.weights.map(\.shape) }
  }
}

/// Writes the layers of a network into a graph.
private struct ONNXWriter {
  let graph: ONNXGraph
  private let architecture: Architecture
  private let weights: [String: Tensor]
  private let isFlexible: Bool
  private var values: [Topology.Source: ONNXInput] = [:]

  init(_ architecture: Architecture, _ weights: [String: Tensor], opset: Int) {
    (self.architecture, self.weights) = (architecture, weights)
    graph = ONNXGraph(opset: opset)
    isFlexible = architecture.acceptsAnySteps
  }

  mutating func write() throws {
    for (number, (input, shape)) in zip(architecture.topology.inputs, architecture.inputs).enumerated() {
      let value = graph.input(
        input.name, shape.isTokens ? .int32 : .float, extents(shape, time: timeName(number)))
      values[.input(number)] = ONNXInput(value: value, shape: shape, mask: nil)
    }
    let layers = try architecture.weightedLayers()
    for number in architecture.topology.nodes.indices { try write(node: number, layers) }
    for (output, shape) in zip(architecture.topology.outputs, architecture.outputs) {
      let time = sequences.count == 1 && shape.steps == architecture.inputs[sequences[0]].steps
      graph.output(
        try value(output.source).value, as: output.name,
        extents(shape, time: time ? timeName(sequences[0]) : "\(output.name)_time"))
    }
  }

  /// The inputs that have steps.
  private var sequences: [Int] { architecture.inputs.indices.filter { architecture.inputs[$0].steps != nil } }

  /// The name of the number of an input's steps; inputs may differ in it.
  private func timeName(_ number: Int) -> String {
    sequences.count == 1 ? "time" : "\(architecture.topology.inputs[number].name)_time"
  }

  private func extents(_ shape: ValueShape, time: String) -> [ONNXExtent] {
    let own = shape.extents.enumerated().map { axis, extent in
      axis == 0 && shape.steps != nil && isFlexible ? ONNXExtent.named(time) : .fixed(extent)
    }
    return [.named("batch")] + own
  }

  private func value(_ source: Topology.Source) throws -> ONNXInput {
    guard let value = values[source] else {
      throw Failure(.software, "a layer reads a value that doesn't exist")
    }
    return value
  }

  private mutating func write(node number: Int, _ layers: [WeightedLayer]) throws {
    let node = architecture.topology.nodes[number]
    let layer = layers[node.layer]
    let inputs = try node.inputs.map { try value($0) }
    let own = try layer.byRole(weights, shape: \.shape)
    let definition = layer.layer.definition
    var call = ONNXCall(graph: graph, name: layer.name, inputs: inputs, weights: own)
    if let direction = definition.directions.first { call.stateNames = type(of: direction).stateNames }
    let outputs = try definition.writeONNX(call)
    let mask = try definition.maskInONNX(call)
    for (index, output) in outputs.enumerated() {
      let source = Topology.Source.node(number, output: index)
      values[source] = ONNXInput(
        value: output, shape: architecture.shape(of: source), mask: index == 0 ? mask : nil)
    }
  }
}
