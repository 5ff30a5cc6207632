// Elements as the little-endian bytes of NumPy and safetensors files. rnnpipe runs on little-endian machines, so
// these are the bytes in memory.

import Tensor

extension Elements {
  /// The elements' bytes, in order.
  var bytes: [UInt8] {
    switch self {
    case .u8(let values): values
    case .i32(let values): values.withUnsafeBytes { Array($0) }
    case .i64(let values): values.withUnsafeBytes { Array($0) }
    case .f32(let values): values.withUnsafeBytes { Array($0) }
    case .f64(let values): values.withUnsafeBytes { Array($0) }
    }
  }
}

/// Whole numbers, or the bits of other numbers, from bytes in either order.
func wholeNumbers<Number: FixedWidthInteger>(
  _ bytes: [UInt8], as type: Number.Type, isBigEndian: Bool
) -> [Number] {
  bytes.withUnsafeBytes { raw in
    stride(from: 0, to: raw.count, by: MemoryLayout<Number>.size).map {
      let number = raw.loadUnaligned(fromByteOffset: $0, as: Number.self)
      return isBigEndian ? Number(bigEndian: number) : Number(littleEndian: number)
    }
  }
}
