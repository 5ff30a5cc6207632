// Reading the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding): one field after another,
// within the bytes that are there. A field's declared length is compared with what is left before anything is taken, so
// that a file can't ask for memory, and messages are entered only by who knows their schema, so that it can't ask for depth.

import Failures

/// The fields of a message, in the order of its bytes.
package struct ProtobufReader {
  /// A field's value, by its type on the wire.
  package enum Value {
    /// An int64, int32, bool or enum.
    case varint(UInt64)
    /// A double or fixed64, as bits.
    case eightBytes(UInt64)
    /// A float or fixed32, as bits.
    case fourBytes(UInt32)
    /// A string, bytes, a message, or several packed numbers.
    case data(ArraySlice<UInt8>)
  }

  /// A field.
  package struct Field {
    /// Its number in the schema.
    package let number: Int
    /// Its value.
    package let value: Value
  }

  private var rest: ArraySlice<UInt8>

  /// - Parameter bytes: the whole message.
  package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field; nil at the end.
  /// - Throws: `Failure` (data) if the bytes are not a message.
  package mutating func next() throws -> Field? {
    guard !rest.isEmpty else { return nil }
    let key = try varint()
    let number = key >> 3
    guard 1...UInt64(1 << 29 - 1) ~= number else { throw Self.damage }
    return Field(number: Int(number), value: try value(wireType: key & 7))
  }

  private mutating func value(wireType: UInt64) throws -> Value {
    switch wireType {
    case 0: return .varint(try varint())
    case 1: return .eightBytes(try fixed(8))
    case 2:
      let count = try varint()
      guard count <= UInt64(rest.count) else { throw Self.damage }
      return .data(take(Int(count)))
    case 5: return .fourBytes(UInt32(truncatingIfNeeded: try fixed(4)))
    default: throw Self.damage
    }
  }

  private mutating func varint() throws -> UInt64 {
    var result: UInt64 = 0
    for (index, byte) in rest.prefix(10).enumerated() {
      // The tenth byte has the last bit of 64.
      guard index < 9 || byte <= 1 else { throw Self.damage }
      result |= UInt64(byte & 0x7F) << UInt64(7 * index)
      if byte & 0x80 == 0 {
        rest = rest.dropFirst(index + 1)
        return result
      }
    }
    throw Self.damage
  }

  private mutating func fixed(_ count: Int) throws -> UInt64 {
    guard rest.count >= count else { throw Self.damage }
    return take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private static let damage = Failure.data("its protocol buffers are damaged or cut off")
}

extension ProtobufReader.Field {
  private func wrongType() -> Failure {
    Failure.data("field \(number) of a protocol buffer has another type than its schema says")
  }

  /// The value of a field of type int64, int32, bool or enum; throws `Failure` (data) if it has another type.
  package func integer() throws -> Int64 {
    guard case .varint(let bits) = value else { throw wrongType() }
    return Int64(bitPattern: bits)
  }

  /// The value of a field of type float; throws `Failure` (data) if it has another type.
  package func float() throws -> Float {
    guard case .fourBytes(let bits) = value else { throw wrongType() }
    return Float(bitPattern: bits)
  }

  /// The bytes of a field of type bytes, or of a message; throws `Failure` (data) if it has another type.
  package func data() throws -> ArraySlice<UInt8> {
    guard case .data(let bytes) = value else { throw wrongType() }
    return bytes
  }

  /// The value of a field of type string; throws `Failure` (data) if it has another type or isn't UTF-8.
  package func text() throws -> String {
    guard let text = String(validating: try data(), as: UTF8.self) else {
      throw Failure.data("a text in its protocol buffers is not UTF-8")
    }
    return text
  }

  /// The numbers of a repeated field of type int64 or int32, which may be packed.
  package func integers() throws -> [Int64] {
    guard case .data(let bytes) = value else { return [try integer()] }
    var reader = ProtobufReader(bytes)
    var result: [Int64] = []
    while !reader.rest.isEmpty { result.append(Int64(bitPattern: try reader.varint())) }
    return result
  }

  /// The numbers of a repeated field of type float, which may be packed.
  package func floats() throws -> [Float] {
    guard case .data(let bytes) = value else { return [try float()] }
    guard bytes.count.isMultiple(of: 4) else { throw wrongType() }
    var reader = ProtobufReader(bytes)
    return try (0..<bytes.count / 4).map { _ in
      Float(bitPattern: UInt32(truncatingIfNeeded: try reader.fixed(4)))
    }
  }
}
