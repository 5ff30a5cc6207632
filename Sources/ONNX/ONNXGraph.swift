// An ONNX model that is being built: nodes in the order of computation, constants, inputs and outputs
// (https://onnx.ai/onnx/repo-docs/IR.html; the field numbers are those of onnx.proto).

import Protobuf

/// A value in an ONNX graph.
package struct ONNXValue: Hashable, Sendable {
  /// Its name, which is unique in the graph.
  package let name: String
}

/// The type of a tensor's elements, with ONNX's number.
package enum ONNXElement: Int64, Sendable {
  case float = 1
  case int32 = 6
  case int64 = 7
  case bool = 9
  case double = 11
}

/// The extent of an axis of an input or output: a number, or a name where it is known only when the model runs.
package enum ONNXExtent: Sendable {
  case fixed(Int)
  case named(String)
}

/// An attribute of a node.
package enum ONNXAttribute: Equatable, Sendable {
  case float(Float)
  case integer(Int)
  case integers([Int])
  case floats([Float])
  case text(String)
  case texts([String])
  /// A graph's message, such as the body of a Scan.
  case graph([UInt8])
}

/// An ONNX graph that is being built.
package final class ONNXGraph {
  /// The version of the operator set.
  package let opset: Int
  private var nodes: [[UInt8]] = []
  private var initializers: [[UInt8]] = []
  private var inputs: [[UInt8]] = []
  private var outputs: [[UInt8]] = []
  /// The outputs that come after all others.
  private var stateOutputs: [[UInt8]] = []
  private var constants: [ConstantKey: ONNXValue] = [:]
  private var names: Set<String> = []
  private var integerConstants: [[Int]: ONNXValue] = [:]

  /// The version of the format that came with the operator set.
  private var formatVersion: Int64 { opset < 15 ? 7 : 8 }

  /// What makes constants the same.
  private struct ConstantKey: Hashable {
    let name: String
    let shape: [Int]
    let bytes: [UInt8]
  }

  /// An empty graph.
  package init(opset: Int) { self.opset = opset }

  // MARK: Values

  /// A name like this one that isn't used yet.
  private func unique(_ name: String) -> String {
    var (result, number) = (name, 1)
    while !names.insert(result).inserted {
      number += 1
      result = "\(name)_\(number)"
    }
    return result
  }

  /// An input of the model.
  package func input(_ name: String, _ element: ONNXElement, _ extents: [ONNXExtent]) -> ONNXValue {
    let value = ONNXValue(name: unique(name))
    inputs.append(Self.valueInfo(value.name, element, extents))
    return value
  }

  /// Makes a value an output of the model, under a name of its own.
  package func output(_ value: ONNXValue, as name: String, _ extents: [ONNXExtent]) {
    let own = unique(name)
    add("Identity", [value], [own], [:], name: own)
    outputs.append(Self.valueInfo(own, .float, extents))
  }

  /// Makes a value an output of the model after all others, such as a state that the next batch begins with.
  package func stateOutput(_ value: ONNXValue, as name: String, _ extents: [ONNXExtent]) {
    let own = unique(name)
    add("Identity", [value], [own], [:], name: own)
    stateOutputs.append(Self.valueInfo(own, .float, extents))
  }

  /// A constant of floats; equal ones that are called alike are one constant.
  package func constant(_ values: [Float], _ shape: [Int], name: String) -> ONNXValue {
    let bytes = values.flatMap { littleEndianBytes($0.bitPattern) }
    let key = ConstantKey(name: name, shape: shape, bytes: bytes)
    if let known = constants[key] { return known }
    let value = ONNXValue(name: unique(name))
    initializers.append(Self.tensor(value.name, .float, shape, bytes))
    constants[key] = value
    return value
  }

  // MARK: Bodies

  /// A graph within this one, such as the body of a Scan. Its nodes can read values of this graph.
  /// - Parameters:
  ///   - name: the beginning of the names of its inputs and outputs.
  ///   - count: the number of its inputs.
  ///   - elements: the types of its inputs, as far as they aren't float.
  ///   - results: the types of its outputs, as far as they aren't float.
  ///   - write: adds its nodes, and returns its outputs.
  package func body(
    _ name: String, inputs count: Int, elements: [ONNXElement] = [], outputs results: [ONNXElement] = [],
    _ write: ([ONNXValue]) throws -> [ONNXValue]
  ) rethrows -> ONNXAttribute {
    let outer = nodes
    nodes = []
    defer { nodes = outer }
    var ports: [[UInt8]] = []
    let values = (0..<count).map { number in
      let value = ONNXValue(name: unique("\(name)/in"))
      ports.append(Self.valueInfo(value.name, number < elements.count ? elements[number] : .float, nil))
      return value
    }
    let outputs = try write(values)
    var graph = ProtobufMessage()
    for node in nodes { graph.data(1, node) }
    graph.text(2, name)
    for port in ports { graph.data(11, port) }
    for (number, output) in outputs.enumerated() {
      graph.data(
        12, Self.valueInfo(output.name, number < results.count ? results[number] : .float, nil))
    }
    return .graph(graph.bytes)
  }

  /// A constant float without axes.
  package func scalar(_ number: Float) -> ONNXValue { constant([number], [], name: "number") }

  /// A constant vector of whole numbers, such as a shape or axes; equal ones are one constant.
  package func integers(_ values: [Int]) -> ONNXValue {
    if let known = integerConstants[values] { return known }
    let value = ONNXValue(name: unique("integers"))
    initializers.append(
      Self.tensor(value.name, .int64, [values.count], values.flatMap { littleEndianBytes(Int64($0)) }))
    integerConstants[values] = value
    return value
  }

  /// Adds a node and returns its first output.
  package func node(
    _ operation: String, _ inputs: [ONNXValue?], _ attributes: [String: ONNXAttribute] = [:],
    name: String = ""
  ) -> ONNXValue {
    nodes(operation, inputs, attributes, outputs: 1, name: name)[0]
  }

  /// Adds a node and returns its outputs; inputs that are nil are left out: at the end, or as empty names.
  package func nodes(
    _ operation: String, _ inputs: [ONNXValue?], _ attributes: [String: ONNXAttribute] = [:],
    outputs count: Int,
    name: String = ""
  ) -> [ONNXValue] {
    let base = name.isEmpty ? operation.lowercased() : name
    let results = (0..<count).map { _ in unique(base) }
    add(operation, inputs, results, attributes, name: results[0])
    return results.map(ONNXValue.init)
  }

  private func add(
    _ operation: String, _ inputs: [ONNXValue?], _ outputs: [String], _ attributes: [String: ONNXAttribute],
    name: String
  ) {
    var node = ProtobufMessage()
    let given = inputs.lastIndex { $0 != nil }.map { inputs[...$0] } ?? []
    for input in given { node.text(1, input?.name ?? "") }
    for output in outputs { node.text(2, output) }
    node.text(3, name)
    node.text(4, operation)
    for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
      node.message(5) { attribute.write(name, to: &$0) }
    }
    nodes.append(node.bytes)
  }

  // MARK: Encoding

  /// The model's bytes.
  /// - Parameters:
  ///   - producer: the name and the version of the program.
  ///   - metadata: texts that a runtime hands out with the model, by key.
  package func encoded(producer: (name: String, version: String), metadata: [String: String]) -> [UInt8] {
    var model = ProtobufMessage()
    model.integer(1, formatVersion)
    model.text(2, producer.name)
    model.text(3, producer.version)
    model.message(7) { graph in
      for node in nodes { graph.data(1, node) }
      graph.text(2, producer.name)
      for tensor in initializers { graph.data(5, tensor) }
      for input in inputs { graph.data(11, input) }
      for output in outputs + stateOutputs { graph.data(12, output) }
    }
    model.message(8) { $0.integer(2, Int64(opset)) }
    for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
      model.message(14) {
        $0.text(1, key)
        $0.text(2, text)
      }
    }
    return model.bytes
  }

  private static func tensor(_ name: String, _ element: ONNXElement, _ shape: [Int], _ raw: [UInt8])
    -> [UInt8]
  {
    var tensor = ProtobufMessage()
    for extent in shape { tensor.integer(1, Int64(extent)) }
    tensor.integer(2, element.rawValue)
    tensor.text(8, name)
    tensor.data(9, raw)
    return tensor.bytes
  }

  private static func valueInfo(_ name: String, _ element: ONNXElement, _ extents: [ONNXExtent]?) -> [UInt8] {
    var info = ProtobufMessage()
    info.text(1, name)
    info.message(2) { type in
      type.message(1) { tensor in
        tensor.integer(1, element.rawValue)
        guard let extents else { return }
        tensor.message(2) { shape in
          for extent in extents {
            shape.message(1) { axis in
              switch extent {
              case .fixed(let number): axis.integer(1, Int64(number))
              case .named(let name): axis.text(2, name)
              }
            }
          }
        }
      }
    }
    return info.bytes
  }
}

extension ONNXAttribute {
  /// Writes the fields of an attribute: its name, its value, and the number of its type.
  fileprivate func write(_ name: String, to message: inout ProtobufMessage) {
    message.text(1, name)
    switch self {
    case .float(let number):
      message.float(2, number)
      message.integer(20, 1)
    case .integer(let number):
      message.integer(3, Int64(number))
      message.integer(20, 2)
    case .text(let text):
      message.text(4, text)
      message.integer(20, 3)
    case .floats(let numbers):
      for number in numbers { message.float(7, number) }
      message.integer(20, 6)
    case .integers(let numbers):
      for number in numbers { message.integer(8, Int64(number)) }
      message.integer(20, 7)
    case .texts(let texts):
      for text in texts { message.text(9, text) }
      message.integer(20, 8)
    case .graph(let bytes):
      message.data(6, bytes)
      message.integer(20, 5)
    }
  }
}
