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

/// The bits of whole numbers from bytes in either order.
/// - Parameters:
///   - size: the size of a number in bytes: 1, 2, 4 or 8.
func wholeNumbers(_ bytes: [UInt8], size: Int, isBigEndian: Bool) -> [UInt64] {
  (0..<bytes.count / size).map { index in
    let number = bytes[index * size..<(index + 1) * size]
    return isBigEndian
      ? number.reduce(0) { $0 << 8 | UInt64($1) } : number.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
