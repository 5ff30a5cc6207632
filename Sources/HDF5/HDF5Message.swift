// The messages of the objects that are written, in the same form as the HDF5 library writes them.

/// One message of an object header, its bytes a multiple of 8.
struct HDF5Message {
  /// The message's number in the format.
  let kind: Int
  let bytes: [UInt8]
  /// Whether the message is marked as constant.
  let isConstant: Bool

  private init(_ kind: Int, isConstant: Bool = false, _ bytes: [UInt8]) {
    self.kind = kind
    self.isConstant = isConstant
    self.bytes = bytes + [UInt8](repeating: 0, count: -bytes.count & 7)
  }

  init(kind: HDF5Header.Kind, _ fill: (inout [UInt8]) -> Void) {
    var bytes: [UInt8] = []
    fill(&bytes)
    self.init(kind.rawValue, bytes)
  }

  /// The messages of an array of F32 at `address`, which is nil if the array is empty.
  static func array(shape: [Int], at address: Int?) -> [HDF5Message] {
    var extents: [UInt8] = [1, UInt8(shape.count), 0, 0, 0, 0, 0, 0]
    for extent in shape { extents.append(extent, 8) }
    var layout: [UInt8] = [3, 1]
    layout.append(address.map(UInt64.init) ?? .max, 8)
    layout.append(4 * shape.reduce(1, *), 8)
    return [
      HDF5Message(1, extents), HDF5Message(3, isConstant: true, float32),
      HDF5Message(5, isConstant: true, noFillValue), HDF5Message(8, layout),
    ]
  }

  /// IEEE's single precision, little-endian: version 1, class 1; the sign's bit; size; precision; exponent
  /// and mantissa, each its first bit and its bits; the exponent's bias.
  private static let float32: [UInt8] = [
    0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0,
  ]

  /// Version 2: late allocation; the fill value is written if set, and is not set.
  private static let noFillValue: [UInt8] = [2, 2, 2, 1, 0, 0, 0, 0]

  /// A text of variable length in UTF-8, a sequence of one-byte texts.
  private static let text: [UInt8] = [
    0x19, 1, 1, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0,
  ]

  /// The attribute `name`: a single text, number `number` of a global heap.
  static func nameAttribute(count: Int, heap: Int, number: Int) -> HDF5Message {
    var bytes: [UInt8] = [1, 0, 5, 0, UInt8(text.count), 0, 8, 0]
    bytes += Array("name".utf8) + [0, 0, 0, 0] + text + [0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0]
    bytes.append(count, 4)
    bytes.append(heap, 8)
    bytes.append(number, 4)
    return HDF5Message(12, bytes)
  }
}
