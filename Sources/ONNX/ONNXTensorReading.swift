// Reading an ONNX tensor: its numbers are either raw bytes, little-endian, or in a field for their type.

import Failures
import Protobuf

extension ONNXTensor {
  /// The most axes of a tensor.
  private static let mostAxes = 8

  /// Reads a tensor and its name.
  /// - Throws: `Failure` (data) if its numbers are in another file, of a type that isn't read, or not as many as its
  ///   shape says.
  static func named(_ bytes: ArraySlice<UInt8>) throws -> (name: String, tensor: ONNXTensor) {
    var fields = TensorFields()
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() { try fields.take(field) }
    return (fields.name, try fields.tensor())
  }

  /// The number of elements of a shape; nil if it is negative or larger than `most`.
  fileprivate static func count(_ shape: [Int64], atMost most: Int) -> Int? {
    guard shape.count <= mostAxes else { return nil }
    // An axis of extent 0 makes the others meaningless, so that their product could be anything.
    if shape.contains(0) { return shape.allSatisfy { 0...Int64(most) ~= $0 } ? 0 : nil }
    var result = 1
    for extent in shape {
      guard extent > 0, extent <= most else { return nil }
      let (product, isTooLarge) = result.multipliedReportingOverflow(by: Int(extent))
      guard !isTooLarge, product <= most else { return nil }
      result = product
    }
    return result
  }
}

/// A tensor's fields.
private struct TensorFields {
  private(set) var name = ""
  private var shape: [Int64] = []
  private var type: Int64 = 0
  private var raw: ArraySlice<UInt8>?
  private var floats: [Float] = []
  private var integers: [Int64] = []
  private var isElsewhere = false

  mutating func take(_ field: ProtobufReader.Field) throws {
    switch field.number {
    case 1: shape += try field.integers()
    case 2: type = try field.integer()
    case 4: floats += try field.floats()
    case 5, 7: integers += try field.integers()
    case 8: name = try field.text()
    case 9: raw = try field.data()
    case 13: isElsewhere = true
    case 14: if try field.integer() == 1 { isElsewhere = true }
    default: break
    }
  }

  func tensor() throws -> ONNXTensor {
    guard !isElsewhere else {
      throw Failure.data(
        "the constant '\(name)' is in another file (external data)",
        remedy: "write the model as one file, with external_data=False in torch.onnx.export")
    }
    guard let element = ONNXElement(rawValue: type), element != .double else {
      throw Failure.data(
        "the constant '\(name)' has elements of ONNX's type \(type), which aren't supported",
        remedy: "export the model in single precision (float32)")
    }
    let size = raw.map { $0.count / element.byteCount } ?? max(floats.count, integers.count)
    guard let count = ONNXTensor.count(shape, atMost: size),
      raw == nil || raw?.count == count * element.byteCount
    else { throw wrongCount }
    return ONNXTensor(shape: shape.map { Int($0) }, elements: try elements(element, count))
  }

  private var wrongCount: Failure {
    Failure.data("the constant '\(name)' is damaged: it has more or fewer numbers than its shape says")
  }

  private func elements(_ element: ONNXElement, _ count: Int) throws -> ONNXTensor.Elements {
    switch element {
    case .float:
      let numbers =
        raw.map { words($0, 4).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) } } ?? floats
      guard numbers.count == count else { throw wrongCount }
      return .floats(numbers)
    case .int32:
      let numbers = raw.map { words($0, 4).map { Int64(Int32(truncatingIfNeeded: $0)) } } ?? integers
      guard numbers.count == count else { throw wrongCount }
      return .integers(numbers.map { Int($0) })
    case .int64:
      let numbers = raw.map { words($0, 8).map { Int64(bitPattern: $0) } } ?? integers
      guard numbers.count == count else { throw wrongCount }
      return .integers(numbers.map { Int($0) })
    case .bool, .double:
      let numbers = raw.map { $0.map { $0 != 0 } } ?? integers.map { $0 != 0 }
      guard numbers.count == count else { throw wrongCount }
      return .truths(numbers)
    }
  }

  /// Little-endian numbers of `size` bytes each.
  private func words(_ bytes: ArraySlice<UInt8>, _ size: Int) -> [UInt64] {
    stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map { start in
      bytes[start..<start + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}

extension ONNXElement {
  /// The size of an element in raw bytes.
  fileprivate var byteCount: Int {
    switch self {
    case .float, .int32: 4
    case .int64, .double: 8
    case .bool: 1
    }
  }
}
