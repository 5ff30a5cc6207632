// Weights of a model that are stored in fewer bits than they have in memory: as F16, or as I8 with scales.
//
// An I8 tensor NAME of a model comes with NAME.scale, F32, whose extents are those of NAME or 1: value = byte * scale. The
// reader multiplies, so that nothing else needs to know; the header keeps the bytes, so that they are written again as they
// were.

import Failures
import Tensor

/// How a tensor of a model is stored, if not with the elements that it has in memory.
public enum NarrowTensor: Sendable, Equatable {
  /// In half precision, which its numbers have.
  case half
  /// As bytes from -127 to 127, and what they are multiplied by: F32, with the tensor's extents or 1.
  case bytes([Int8], scale: Tensor)

  /// The ending of the name of the scales.
  static let scaleSuffix = ".scale"

  /// The type of the elements, as in a safetensors header.
  public var typeName: String {
    switch self {
    case .half: StoredType.f16.rawValue
    case .bytes: StoredType.i8.rawValue
    }
  }

  /// The bytes that it takes, scales included.
  /// - Parameter count: the number of elements.
  public func byteCount(_ count: Int) -> Int {
    switch self {
    case .half: 2 * count
    case .bytes(_, let scale): count + 4 * scale.count
    }
  }
}

extension Tensor {
  /// The tensor of these bytes times their scales.
  public init(bytes: [Int8], scale: Tensor, shape: [Int]) {
    let factors = scale.floats
    let strides = Tensor.strides(of: scale.shape, in: shape)
    var values = [Float](repeating: 0, count: bytes.count)
    var place = [Int](repeating: 0, count: shape.count)
    var factor = 0
    for index in bytes.indices {
      values[index] = Float(bytes[index]) * factors[factor]
      // The next place in C order, and the place of its scale.
      for axis in shape.indices.reversed() {
        place[axis] += 1
        factor += strides[axis]
        guard place[axis] == shape[axis] else { break }
        factor -= strides[axis] * shape[axis]
        place[axis] = 0
      }
    }
    self.init(values, shape: shape)
  }

  /// The distance of neighbors on each axis, 0 on those that are broadcast.
  private static func strides(of shape: [Int], in whole: [Int]) -> [Int] {
    var (result, stride) = ([Int](), 1)
    for axis in whole.indices.reversed() {
      result.append(shape[axis] == 1 ? 0 : stride)
      stride *= shape[axis]
    }
    return result.reversed()
  }
}

// MARK: - In a document

extension EncodedDocument {
  /// Multiplies the bytes of a model's tensors with their scales, and notes how tensors are stored.
  func widen(_ header: inout StreamHeader) {
    for (name, entry) in layout.entries.sorted(by: { $0.key < $1.key }) where header.side[name] != nil {
      if entry.type == .f16 { header.narrow[name] = .half }
      guard entry.type == .i8, let scale = header.side[name + NarrowTensor.scaleSuffix], scale.type == .f32,
        scale.shape.count == entry.shape.count,
        zip(scale.shape, entry.shape).allSatisfy({ $0 == 1 || $0 == $1 }), entry.shape.allSatisfy({ $0 > 0 })
      else { continue }
      let values: [Int8] = bytes.numbers(entry.range)
      header.side[name] = Tensor(bytes: values, scale: scale, shape: entry.shape)
      header.narrow[name] = .bytes(values, scale: scale)
      header.side[name + NarrowTensor.scaleSuffix] = nil
    }
  }
}

extension StreamHeader {
  /// A side tensor as it is stored, with its scales.
  func parts(of name: String, _ tensor: Tensor) -> [TensorParts] {
    switch narrow[name] {
    case nil:
      return [
        TensorParts(
          name: name, type: StoredType(tensor.type), shape: tensor.shape,
          parts: [ElementsPart(tensor.elements)])
      ]
    case .half:
      var bytes: [UInt8] = []
      for value in tensor.floats { bytes.append(number: narrowHalf(value)) }
      return [TensorParts(name: name, type: .f16, shape: tensor.shape, parts: [ElementsPart(.u8(bytes))])]
    case .bytes(let values, let scale):
      let bytes = values.map { UInt8(bitPattern: $0) }
      return [
        TensorParts(name: name, type: .i8, shape: tensor.shape, parts: [ElementsPart(.u8(bytes))]),
        TensorParts(
          name: name + NarrowTensor.scaleSuffix, type: .f32, shape: scale.shape,
          parts: [ElementsPart(scale.elements)]),
      ]
    }
  }
}

// MARK: - Half precision

/// The half-precision number nearest to a value, ties to even; an infinity beyond 65519.
public func narrowHalf(_ value: Float) -> UInt16 {
  let sign = UInt16(value.bitPattern >> 16 & 0x8000)
  let magnitude = value.magnitude
  guard magnitude < 65520 else { return sign | (value.isNaN ? 0x7E00 : 0x7C00) }
  // Below the least normal number, the bits are multiples of 2^-24, which are exact in single precision.
  guard magnitude >= 0x1p-14 else { return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven)) }
  let bits = magnitude.bitPattern
  let rounded = bits + 0xFFF + (bits >> 13 & 1)
  return sign | UInt16((rounded >> 13) - 112 << 10)
}

/// The value of an IEEE 754 half-precision number. `Float16` isn't available on every platform.
public func widenHalf(_ bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let exponent = UInt32(bits >> 10 & 0x1F)
  let fraction = UInt32(bits & 0x3FF)
  switch exponent {
  case 0: return Float(sign: sign == 0 ? .plus : .minus, exponent: -24, significand: Float(fraction))
  case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
  default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
  }
}
