// Which operators are read.

import ONNX

extension ONNXGraphReader {
  /// What a node's outputs are.
  mutating func read(_ operation: ONNXOperation) throws -> [ONNXMeaning] {
    guard operation.node.domain.isEmpty else {
      throw operation.refusal("is of the operator set \(operation.node.domain), which isn't supported")
    }
    if let result = try readShape(operation) { return [result] }
    switch operation.node.operation {
    case "RNN", "GRU", "LSTM": return try readRecurrent(operation)
    case "Loop": return try loop(operation)
    case "Split": return try split(operation)
    case "Dropout": return [try dropout(operation)]
    case "Gemm": return [.flow(try gemm(operation))]
    case "MatMul": return [.flow(try product(operation))]
    case "Add", "Sub", "Mul", "Div", "Max", "Min", "Mean", "Sum": return [try arithmetic(operation)]
    case "Pow", "Sqrt", "Reciprocal", "Neg", "Erf", "ReduceMean", "GlobalAveragePool":
      return [try step(operation)]
    case "ReduceMax", "GlobalMaxPool": return [.flow(try pooledSteps(operation))]
    case "LayerNormalization": return [.flow(try layerNormalization(operation))]
    case "BatchNormalization": return [.flow(try batchNormalization(operation))]
    case "Conv": return [.flow(try convolution(operation))]
    case "MaxPool", "AveragePool": return [.flow(try pooling(operation))]
    default: return [.flow(try activation(operation))]
    }
  }

  /// The value of a node that only moves numbers or computes sizes; nil for other operators.
  private mutating func readShape(_ operation: ONNXOperation) throws -> ONNXMeaning? {
    switch operation.node.operation {
    case "Identity": return try operation.input(0)
    case "Constant": return try constant(operation)
    case "Cast": return try cast(operation)
    case "Shape": return try shape(operation)
    case "ConstantOfShape": return try filled(operation)
    case "Expand": return try expanded(operation)
    case "Transpose": return try transposed(operation)
    case "Squeeze": return try squeezed(operation)
    case "Unsqueeze": return try unsqueezed(operation)
    case "Reshape": return try reshaped(operation)
    case "Flatten": return try flattened(operation)
    case "Slice": return try sliced(operation)
    case "Gather": return try gathered(operation)
    case "Concat": return try concatenated(operation)
    case "ReverseSequence": return .flow(try reversed(operation))
    case "Less", "Not", "And", "Where": return try truth(operation)
    default: return nil
    }
  }
}
