// A node of an ONNX graph that is being read, with what is known about its inputs.

import Failures
import ONNX

/// A node and what it reads.
struct ONNXOperation {
  let node: ONNXNode
  /// What is known about its inputs; nil for one that is left out.
  let inputs: [ONNXMeaning?]

  /// Its name and its operator.
  var place: String { "\(node.name.isEmpty ? node.outputs.first ?? "" : node.name) (\(node.operation))" }

  /// The failure for a node that can't be held.
  func refusal(_ reason: String, _ remedy: String? = nil) -> Failure {
    Failure.data(
      "the ONNX node \(place) \(reason)",
      remedy: remedy ?? "docs/onnx.md lists what is read; or convert the weights as .safetensors or .keras")
  }

  // MARK: Inputs

  /// What is known about an input; nil if it is left out.
  func optional(_ number: Int) -> ONNXMeaning? { number < inputs.count ? inputs[number] : nil }

  func input(_ number: Int) throws -> ONNXMeaning {
    guard let input = optional(number) else { throw refusal("lacks its input \(number + 1)") }
    return input
  }

  /// An input that must be a value of the network.
  func flow(_ number: Int) throws -> ONNXFlow {
    guard case .flow(let flow) = try input(number) else {
      throw refusal("doesn't read a value that a layer computes as its input \(number + 1)")
    }
    return flow
  }

  /// An input that must be a constant.
  func constant(_ number: Int) throws -> ONNXTensor {
    guard case .constant(let tensor) = try input(number) else {
      throw refusal("computes with weights that aren't constant: its input \(number + 1)")
    }
    return tensor
  }

  /// An input that must be constant floats.
  func floats(_ number: Int) throws -> (numbers: [Float], shape: [Int]) {
    let tensor = try constant(number)
    guard let numbers = tensor.floats else {
      throw refusal("has weights that aren't float: its input \(number + 1)")
    }
    return (numbers, tensor.shape)
  }

  /// An input that must be constant whole numbers; nil if it is left out.
  func integers(_ number: Int) throws -> [Int]? {
    switch optional(number) {
    case nil: return nil
    case .constant(let tensor):
      if let numbers = tensor.integers { return numbers }
    case .sizes(let sizes, _) where sizes.allSatisfy({ !$0.isPerRow }): return sizes.map(\.number)
    default: break
    }
    throw refusal("has an input \(number + 1) that depends on the data")
  }

  /// An input that must be sizes.
  func sizes(_ number: Int) throws -> [ONNXSize] {
    if case .sizes(let sizes, _) = try input(number) { return sizes }
    if case .constant(let tensor) = try input(number), tensor.shape.count > 1 {
      throw refusal("computes sizes that aren't a list: its input \(number + 1)")
    }
    return (try integers(number) ?? []).map { ONNXSize(number: $0) }
  }

  // MARK: Attributes

  /// A whole number.
  func integer(_ name: String, default value: Int) throws -> Int {
    switch node.attributes[name] {
    case nil: return value
    case .integer(let number): return number
    default: throw refusal("has an attribute \(name) that isn't a whole number")
    }
  }

  /// Several whole numbers; nil if there is no such attribute.
  func integers(_ name: String) throws -> [Int]? {
    switch node.attributes[name] {
    case nil: return nil
    case .integers(let numbers): return numbers
    default: throw refusal("has an attribute \(name) that isn't a list of whole numbers")
    }
  }

  /// A float.
  func float(_ name: String, default value: Float) throws -> Float {
    switch node.attributes[name] {
    case nil: return value
    case .float(let number): return number
    default: throw refusal("has an attribute \(name) that isn't a number")
    }
  }

  /// Several floats; none if there is no such attribute.
  func floats(_ name: String) throws -> [Float] {
    switch node.attributes[name] {
    case nil: return []
    case .floats(let numbers): return numbers
    default: throw refusal("has an attribute \(name) that isn't a list of numbers")
    }
  }

  /// A text.
  func text(_ name: String, default value: String) throws -> String {
    switch node.attributes[name] {
    case nil: return value
    case .text(let text): return text
    default: throw refusal("has an attribute \(name) that isn't a text")
    }
  }

  /// Throws unless the attribute is absent or has this value, so that it changes nothing.
  func require(_ name: String, _ value: Int) throws {
    let found = try integer(name, default: value)
    guard found == value else { throw refusal("has \(name)=\(found), which isn't supported") }
  }

  /// Throws if there are attributes besides these: each could change what is computed.
  func checkAttributes(_ known: [String]) throws {
    let names = Set(node.attributes.keys).union(node.tensors.keys).union(node.graphs.keys).union(node.unread)
    if let other = names.subtracting(known).min() {
      throw refusal("has the attribute \(other), which isn't supported")
    }
  }

  /// An axis counted from the front, of a value with `rank` axes.
  func axis(_ axis: Int, rank: Int) throws -> Int {
    guard -rank..<rank ~= axis else { throw refusal("names axis \(axis) of a value with \(rank) axes") }
    return axis < 0 ? axis + rank : axis
  }
}
