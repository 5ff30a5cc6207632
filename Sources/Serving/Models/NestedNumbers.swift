// Numbers in nested arrays of JSON, as one list.

import Failures
import JSON
import Tensor

/// Reads arrays of arrays of numbers.
struct NestedNumbers {
  /// The sizes of the dimensions, outermost first.
  let shape: [Int]
  private let elements: [JSONValue]

  /// - Parameter value: an array of numbers, or of arrays of the same shape.
  /// - Throws: `Failure` (data) if arrays differ in shape.
  init(_ value: JSONValue) throws(Failure) {
    var (shape, level) = ([Int](), [value])
    while let first = level.first?.array {
      guard level.allSatisfy({ $0.array?.count == first.count }) else {
        throw Failure.data("its arrays differ in length")
      }
      shape.append(first.count)
      level = shape.count == 1 ? first : level.flatMap { $0.array ?? [] }
    }
    guard !shape.isEmpty else { throw Failure.data("is not an array") }
    (self.shape, elements) = (shape, level)
  }

  /// The number of elements.
  var count: Int { elements.count }

  /// The elements as what a column holds.
  /// - Throws: `Failure` (data) if one is no number, or is not whole where ids are read.
  func tensor(_ content: ModelColumn.Content, shape: [Int]) throws(Failure) -> Tensor {
    switch content {
    case .ids: return try ids(shape)
    case .singles:
      var values: [Float] = []
      values.reserveCapacity(count)
      for element in elements {
        let value = Float(try number(element))
        guard value.isFinite else { throw Failure.data("\(element.text) is too large for single precision") }
        values.append(value)
      }
      return Tensor(values, shape: shape)
    case .doubles:
      var values: [Double] = []
      values.reserveCapacity(count)
      for element in elements { values.append(try number(element)) }
      return Tensor(values, shape: shape)
    }
  }

  private func number(_ element: JSONValue) throws(Failure) -> Double {
    switch element {
    case .integer(let value): return Double(value)
    case .number(let value): return value
    default: throw Failure.data("\(Self.excerpt(element)) is not a number")
    }
  }

  private func ids(_ shape: [Int]) throws(Failure) -> Tensor {
    var values: [Int32] = []
    values.reserveCapacity(count)
    for element in elements {
      guard let value = element.int else {
        throw Failure.data("\(Self.excerpt(element)) is not a whole number")
      }
      guard let id = Int32(exactly: value) else { throw Failure.data("\(value) is not an id") }
      values.append(id)
    }
    return Tensor(values, shape: shape)
  }

  /// A value in a message.
  private static func excerpt(_ value: JSONValue) -> String {
    let text = value.text
    return text.count <= 40 ? text : "\(text.prefix(40))..."
  }
}
