// What a step of a loop computes, as sums of products with constant matrices and functions of them. Matrices are sliced
// where the loop slices what was multiplied by them, so that a cell has one form however its gates are packed.

import Kernels
import ONNX

/// A value in a step of a loop.
enum ONNXCellValue {
  /// The numbers of a constant.
  case constant(ONNXTensor)
  /// A whole number that grows by the same number at each step: its first value and its growth.
  case number(first: Int, growth: Int)
  /// True at the first steps.
  case isBefore(Int)
  /// The step's row of a sequence outside of the loop.
  case step(ONNXFlow)
  /// What the loop hands from one step to the next, by number.
  case state(Int)
  /// Products of values with matrices, and a bias.
  case affine(ONNXCellSum)
  /// A function of a value, by number.
  case activation(ActivationKind, Int)
  /// The product of two values, by number.
  case product(Int, Int)
  /// The sum of two values, by number.
  case sum(Int, Int)
  /// One less a value, by number.
  case complement(Int)
}

/// A sum of products of values with matrices, and a bias.
struct ONNXCellSum {
  /// A product.
  struct Term {
    /// The number of the value.
    let operand: Int
    /// The matrix, `[inputs, width]`, row by row.
    var matrix: [Float]
    let inputs: Int
  }

  var terms: [Term]
  /// A number for each column.
  var bias: [Float]
  var width: Int { bias.count }

  /// The columns of a range.
  func columns(_ range: Range<Int>) -> ONNXCellSum {
    ONNXCellSum(
      terms: terms.map { term in
        let rows = (0..<term.inputs).flatMap { (row: Int) -> ArraySlice<Float> in
          let start = row * width
          return term.matrix[start + range.lowerBound..<start + range.upperBound]
        }
        return Term(operand: term.operand, matrix: rows, inputs: term.inputs)
      }, bias: Array(bias[range]))
  }

  /// The product with this value; nil unless there is exactly one.
  func term(_ operand: Int) -> Term? {
    let own = terms.filter { $0.operand == operand }
    return own.count == 1 ? own[0] : nil
  }
}

/// The values of a step, by number, and the rules by which operators combine them.
struct ONNXCellAlgebra {
  private(set) var values: [ONNXCellValue] = []

  mutating func add(_ value: ONNXCellValue) -> Int {
    values.append(value)
    return values.count - 1
  }

  /// The value of an operator; throws `Failure` (data) for one that no cell has.
  mutating func apply(_ node: ONNXOperation, _ inputs: [Int]) throws -> [ONNXCellValue] {
    func refusal() -> any Error { node.refusal("is part of a loop that isn't a GRU, LSTM or simple RNN") }
    func value(_ number: Int) throws -> ONNXCellValue {
      guard inputs.indices.contains(number) else { throw refusal() }
      return values[inputs[number]]
    }
    switch node.node.operation {
    case "Add": return [try sum(inputs, try value(0), try value(1)) ?? { throw refusal() }()]
    case "Sub":
      guard case .constant(let one) = try value(0), one.uniform == 1 else { throw refusal() }
      return [.complement(inputs[1])]
    case "Mul": return [.product(inputs[0], inputs[inputs.count - 1])]
    case "MatMul": return [try product(inputs[0], try value(1)) ?? { throw refusal() }()]
    case "Less": return [try isBefore(try value(0), try value(1)) ?? { throw refusal() }()]
    case "And":
      guard case .isBefore(let a) = try value(0), case .isBefore(let b) = try value(1) else {
        throw refusal()
      }
      return [.isBefore(min(a, b))]
    default:
      guard let kind = Self.activations[node.node.operation] else { throw refusal() }
      try node.checkAttributes([])
      return [.activation(kind, inputs[0])]
    }
  }

  private static let activations: [String: ActivationKind] = [
    "Sigmoid": .sigmoid, "Tanh": .tanh, "Relu": .relu, "Softsign": .softsign, "Softplus": .softplus,
  ]

  /// A value times a constant matrix.
  private func product(_ operand: Int, _ other: ONNXCellValue) -> ONNXCellValue? {
    guard case .constant(let tensor) = other, tensor.shape.count == 2, let matrix = tensor.floats else {
      return nil
    }
    switch values[operand] {
    case .step, .state, .product: break
    default: return nil
    }
    let term = ONNXCellSum.Term(operand: operand, matrix: matrix, inputs: tensor.shape[0])
    return .affine(ONNXCellSum(terms: [term], bias: [Float](repeating: 0, count: tensor.shape[1])))
  }

  private func sum(_ numbers: [Int], _ a: ONNXCellValue, _ b: ONNXCellValue) -> ONNXCellValue? {
    switch (a, b) {
    case (.number(let first, let growth), .constant(let tensor)),
      (.constant(let tensor), .number(let first, let growth)):
      guard tensor.integers?.count == 1, let step = tensor.integers?.first else { return nil }
      let (sum, isTooLarge) = first.addingReportingOverflow(step)
      return isTooLarge ? nil : .number(first: sum, growth: growth)
    case (.affine(let own), .constant(let tensor)), (.constant(let tensor), .affine(let own)):
      guard let numbers = tensor.floats, [1, own.width].contains(numbers.count),
        tensor.shape.dropLast().allSatisfy({ $0 == 1 })
      else { return nil }
      let bias = own.bias.enumerated().map { $1 + numbers[numbers.count == 1 ? 0 : $0] }
      return .affine(ONNXCellSum(terms: own.terms, bias: bias))
    case (.affine(let first), .affine(let second)):
      guard first.width == second.width, first.terms.count + second.terms.count <= 4 else { return nil }
      return .affine(
        ONNXCellSum(terms: first.terms + second.terms, bias: zip(first.bias, second.bias).map { $0 + $1 }))
    case (.constant, _), (_, .constant), (.number, _), (_, .number): return nil
    default: return .sum(numbers[0], numbers[1])
    }
  }

  /// At how many steps, from the first, a growing number is below a limit.
  private func isBefore(_ number: ONNXCellValue, _ limit: ONNXCellValue) -> ONNXCellValue? {
    guard case .number(let first, let growth) = number, case .constant(let tensor) = limit, growth >= 1,
      let most = tensor.uniform, most == most.rounded(), abs(most) <= 16_777_216, abs(first) <= 1 << 24
    else { return nil }
    return .isBefore(max(0, (Int(most) - first + growth - 1) / growth))
  }
}
