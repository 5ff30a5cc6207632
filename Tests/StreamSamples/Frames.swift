// Taking a stream apart, and putting documents together.

/// The frames of a stream in memory, cut by its seek table; the last one is the table.
public func frames(_ bytes: [UInt8]) -> [[UInt8]] {
  let footer = bytes.count - 9
  let count = Int(word(bytes, footer))
  let table = footer - 12 * count
  var frames: [[UInt8]] = []
  var offset = 0
  for index in 0..<count {
    let size = Int(word(bytes, table + 12 * index))
    frames.append(Array(bytes[offset..<offset + size]))
    offset += size
  }
  return frames + [Array(bytes[offset...])]
}

/// The 32-bit number at `offset`.
public func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
  (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
}

/// A number's lowest bytes.
public func littleEndian(_ number: UInt64, bytes count: Int = 8) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
}

/// A safetensors document of a header's text and as many data bytes.
public func document(_ header: [UInt8], data count: Int) -> [UInt8] {
  littleEndian(UInt64(header.count)) + header + [UInt8](repeating: 1, count: count)
}
