// The wire format of protocol buffers, as far as TensorBoard's event files and ONNX models need it
// (https://protobuf.dev/programming-guides/encoding). Their messages are small and only written, so that generated code for
// all of them would be more to carry than these few lines.

/// A message that is being written, field by field.
package struct ProtobufMessage {
  /// The encoded fields.
  package private(set) var bytes: [UInt8] = []

  /// An empty message.
  package init() {}

  /// The types of fields on the wire.
  private enum WireType: UInt64 {
    case varint = 0
    case eightBytes = 1
    case lengthDelimited = 2
    case fourBytes = 5
  }

  /// A field of type int64, int32, bool or enum.
  package mutating func integer(_ field: Int, _ value: Int64) {
    key(field, .varint)
    varint(UInt64(bitPattern: value))
  }

  /// A field of type double.
  package mutating func double(_ field: Int, _ value: Double) {
    key(field, .eightBytes)
    bytes += littleEndianBytes(value.bitPattern)
  }

  /// A field of type float.
  package mutating func float(_ field: Int, _ value: Float) {
    key(field, .fourBytes)
    bytes += littleEndianBytes(value.bitPattern)
  }

  /// A field of type string or bytes.
  package mutating func data(_ field: Int, _ value: some Collection<UInt8>) {
    key(field, .lengthDelimited)
    varint(UInt64(value.count))
    bytes += value
  }

  /// A field of type string.
  package mutating func text(_ field: Int, _ value: String) { data(field, value.utf8) }

  /// A field that is a message.
  package mutating func message(_ field: Int, _ write: (inout ProtobufMessage) -> Void) {
    var inner = ProtobufMessage()
    write(&inner)
    data(field, inner.bytes)
  }

  private mutating func key(_ field: Int, _ type: WireType) { varint(UInt64(field) << 3 | type.rawValue) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}

/// The bytes of a number, the lowest first.
package func littleEndianBytes(_ number: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian, Array.init)
}
