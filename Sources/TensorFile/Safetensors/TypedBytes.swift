// Conversion between numbers and bytes, little-endian as in memory: a block copy in each direction, with range
// checks.

import Tensor

#if _endian(big)
  #error("tensor streams are little-endian; big-endian machines would need a byte swap here")
#endif

extension [UInt8] {
  /// The numbers stored in `range`, whose length is a multiple of their size.
  func numbers<T: BitwiseCopyable>(_ range: Range<Int>, as type: T.Type = T.self) -> [T] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the bytes")
    let size = MemoryLayout<T>.stride
    return [T](unsafeUninitializedCapacity: range.count / size) { target, filled in
      filled = range.count / size
      withUnsafeBytes { source in
        let part = UnsafeRawBufferPointer(rebasing: source[range.prefix(filled * size)])
        UnsafeMutableRawBufferPointer(target).copyMemory(from: part)
      }
    }
  }

  /// The number stored at `offset`.
  func number<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type = T.self) -> T {
    withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
  }

  /// Appends numbers as they are in memory.
  mutating func append<T: BitwiseCopyable>(numbers: ArraySlice<T>) {
    numbers.withUnsafeBytes { append(contentsOf: $0) }
  }

  /// Appends one number.
  mutating func append<T: FixedWidthInteger & BitwiseCopyable>(number: T) {
    Swift.withUnsafeBytes(of: number) { append(contentsOf: $0) }
  }
}

/// Consecutive elements of a tensor's storage, without a copy.
struct ElementsPart {
  let elements: Elements
  let range: Range<Int>

  init(_ elements: Elements, _ range: Range<Int>? = nil) {
    self.elements = elements
    self.range = range ?? 0..<elements.count
  }

  func append(to bytes: inout [UInt8]) {
    switch elements {
    case .u8(let values): bytes.append(contentsOf: values[range])
    case .i32(let values): bytes.append(numbers: values[range])
    case .i64(let values): bytes.append(numbers: values[range])
    case .f32(let values): bytes.append(numbers: values[range])
    case .f64(let values): bytes.append(numbers: values[range])
    }
  }
}
