// Tensor streams from their documents: mutations of a whole stream would rarely pass its checksums, so documents are
// mutated, and put into valid frames with a valid end mark afterwards.

import CZstd

/// The bytes between two documents of an input.
private let separator: [UInt8] = [0xFF, 0xFE, 0xFD]

/// The documents of an input: the text of a header, a line feed, and the data. The header's length is added.
func documents(_ input: [UInt8]) -> [[UInt8]] {
  var (parts, current) = ([[UInt8]](), [UInt8]())
  for byte in input {
    current.append(byte)
    guard current.suffix(separator.count).elementsEqual(separator) else { continue }
    parts.append(Array(current.dropLast(separator.count)))
    current = []
  }
  return (parts + [current]).map(document)
}

/// A safetensors document of a header, a line feed and data.
func document(_ input: [UInt8]) -> [UInt8] {
  let header = input.prefix { $0 != UInt8(ascii: "\n") }
  return littleEndian(header.count, 8) + header + input.dropFirst(header.count + 1)
}

/// A stream of documents: a frame for each, and the seek table.
func stream(_ documents: [[UInt8]]) -> [UInt8] {
  let frames = documents.map(frame)
  let table = zip(frames, documents).flatMap { frame, document in
    littleEndian(frame.count, 4) + littleEndian(document.count, 4) + frame.suffix(4)
  }
  let size = littleEndian(table.count + 9, 4)
  return frames.flatMap { $0 } + [0x5E, 0x2A, 0x4D, 0x18] + size + table + littleEndian(frames.count, 4)
    + [0x80, 0xB1, 0xEA, 0x92, 0x8F]
}

/// A zstd frame with a checksum.
private func frame(_ content: [UInt8]) -> [UInt8] {
  let context = ZSTD_createCCtx()
  defer { ZSTD_freeCCtx(context) }
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  return [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(content.count)) { target, count in
    count = ZSTD_compress2(context, target.baseAddress, target.count, content, content.count)
    if ZSTD_isError(count) != 0 { report("can't compress an input") }
  }
}

/// A number's lowest bytes.
func littleEndian(_ number: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
