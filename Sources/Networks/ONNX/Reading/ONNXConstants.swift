// Constants that a graph moves around: exporters leave the packing of weights and arithmetic of shapes in the graph.

import ONNX

extension ONNXTensor {
  /// The elements at these places, in another shape.
  private func taking(_ places: [Int], shape: [Int]) -> ONNXTensor {
    switch elements {
    case .floats(let numbers): ONNXTensor(shape: shape, elements: .floats(places.map { numbers[$0] }))
    case .integers(let numbers): ONNXTensor(shape: shape, elements: .integers(places.map { numbers[$0] }))
    case .truths(let values): ONNXTensor(shape: shape, elements: .truths(places.map { values[$0] }))
    }
  }

  /// The distance in memory from one element of an axis to the next.
  private var strides: [Int] {
    var result = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { result[axis] = result[axis + 1] * shape[axis + 1] }
    return result
  }

  /// The elements whose indices along each axis are these.
  private func chosen(_ indices: [[Int]], order: [Int]? = nil) -> ONNXTensor {
    let (strides, order) = (strides, order ?? Array(shape.indices))
    var places = [0]
    for axis in order {
      places = places.flatMap { place in indices[axis].map { place + $0 * strides[axis] } }
    }
    return taking(places, shape: order.map { indices[$0].count })
  }

  private var allIndices: [[Int]] { shape.map { Array(0..<$0) } }

  /// The axes in another order; `order` must be a permutation of them.
  func transposed(_ order: [Int]) -> ONNXTensor { chosen(allIndices, order: order) }

  /// The elements with these indices along an axis, which must exist.
  func taking(_ own: [Int], axis: Int) -> ONNXTensor {
    var indices = allIndices
    indices[axis] = own
    return chosen(indices)
  }

  /// The same numbers in another shape, which must have as many.
  func reshaped(_ shape: [Int]) -> ONNXTensor { ONNXTensor(shape: shape, elements: elements) }

  /// Tensors one after another along an axis; nil if their types or other axes differ.
  static func joined(_ tensors: [ONNXTensor], axis: Int) -> ONNXTensor? {
    guard let first = tensors.first, first.shape.indices.contains(axis) else { return nil }
    var shape = first.shape
    shape[axis] = tensors.reduce(0) { $0 + ($1.shape.indices.contains(axis) ? $1.shape[axis] : 0) }
    for tensor in tensors {
      var other = tensor.shape
      guard other.count == shape.count else { return nil }
      other[axis] = shape[axis]
      guard other == shape else { return nil }
    }
    let outer = shape[..<axis].reduce(1, *)
    func rows<T>(_ numbers: [[T]]) -> [T] {
      var all: [T] = []
      for row in 0..<outer {
        for part in numbers {
          let width = part.count / outer
          all += part[row * width..<(row + 1) * width]
        }
      }
      return all
    }
    guard outer > 0 else { return nil }
    switch first.elements {
    case .floats:
      let all = tensors.compactMap(\.floats)
      return all.count == tensors.count ? ONNXTensor(shape: shape, elements: .floats(rows(all))) : nil
    case .integers:
      let all = tensors.compactMap(\.integers)
      return all.count == tensors.count ? ONNXTensor(shape: shape, elements: .integers(rows(all))) : nil
    case .truths: return nil
    }
  }

  /// The one number that all elements are, as a float; nil if they differ or there are none.
  var uniform: Float? {
    switch elements {
    case .floats(let numbers):
      guard let first = numbers.first, numbers.allSatisfy({ $0 == first }) else { return nil }
      return first
    case .integers(let numbers):
      guard let first = numbers.first, numbers.allSatisfy({ $0 == first }) else { return nil }
      return Float(first)
    case .truths: return nil
    }
  }

  /// The elements as sizes; nil if they aren't whole numbers in at most one axis.
  var sizes: [ONNXSize]? { shape.count <= 1 ? integers?.map { ONNXSize(number: $0) } : nil }
}
