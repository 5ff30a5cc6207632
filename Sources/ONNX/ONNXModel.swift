// An ONNX model as it is read: its nodes, constants, inputs and outputs, with nothing understood yet
// (https://onnx.ai/onnx/repo-docs/IR.html).

/// A constant in an ONNX model.
package struct ONNXTensor: Equatable, Sendable {
  /// The numbers of a tensor.
  package enum Elements: Equatable, Sendable {
    case floats([Float])
    /// Of int32 and int64.
    case integers([Int])
    case truths([Bool])
  }

  /// The size of each axis; empty for a single number.
  package let shape: [Int]
  /// The numbers, the last axis varying fastest; as many as the shape says.
  package let elements: Elements

  /// - Parameter elements: as many as the shape says.
  package init(shape: [Int], elements: Elements) {
    self.shape = shape
    self.elements = elements
  }

  /// The floats; nil if it has numbers of another type.
  package var floats: [Float]? { if case .floats(let numbers) = elements { numbers } else { nil } }
  /// The whole numbers; nil if it has numbers of another type.
  package var integers: [Int]? { if case .integers(let numbers) = elements { numbers } else { nil } }
}

/// An operation in an ONNX model.
package struct ONNXNode: Equatable, Sendable {
  /// Its name, which may be empty.
  package let name: String
  /// The operator, such as `LSTM`.
  package let operation: String
  /// The set of operators; empty for ONNX's own.
  package let domain: String
  /// The names of the values that it reads; empty for one that is left out.
  package let inputs: [String]
  /// The names of its values; empty for one that nothing reads.
  package let outputs: [String]
  /// Its attributes by name, except tensors and those that aren't read.
  package let attributes: [String: ONNXAttribute]
  /// Its attributes that are tensors.
  package let tensors: [String: ONNXTensor]
  /// Its attributes that are graphs, such as the body of a loop.
  package let graphs: [String: ONNXRecord]
  /// The names of attributes that hold graphs within graphs or other types that aren't read.
  package let unread: [String]
}

/// An input or output of an ONNX model.
package struct ONNXPort: Equatable, Sendable {
  /// Its name.
  package let name: String
  /// The number of its elements' type; 0 if it isn't a tensor or has none.
  package let element: Int64
  /// The size of each axis, nil where it isn't known; nil if not even their number is known.
  package let extents: [Int?]?
}

/// The graph of an ONNX model.
package struct ONNXRecord: Equatable, Sendable {
  /// The operations; a valid model has them in the order of computation.
  package var nodes: [ONNXNode] = []
  /// The constants by name.
  package var constants: [String: ONNXTensor] = [:]
  /// The inputs, without those that are constants.
  package var inputs: [ONNXPort] = []
  /// The outputs.
  package var outputs: [ONNXPort] = []
}

/// An ONNX model.
package struct ONNXModel: Sendable {
  /// The version of ONNX's operator set; 0 if none is named.
  package let opset: Int
  /// The name of the program that wrote it.
  package let producer: String
  /// Texts that the model carries, by key.
  package let metadata: [String: String]
  /// The graph.
  package let graph: ONNXRecord
}
