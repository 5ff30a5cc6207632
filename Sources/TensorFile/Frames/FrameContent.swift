// The contents of a zstd frame: a chunk of a stream, or other compressed data, such as text.

import ByteStreams
import CZstd

/// Whether the zstd frame at the beginning of a source contains a safetensors document. Also true if the frame can't
/// be decompressed, since the stream's reader reports the error best.
/// - Parameter source: begins with the frame, which is not consumed.
public func holdsTensors(_ source: inout PeekedSource) throws -> Bool {
  let prefix = SafetensorsLayout.prefix + 1
  // A frame's first block has at most 128 KiB, and most have less in their first bytes.
  for count in [1 << 12, 1 << 18] {
    let bytes = try source.peek(count)
    guard let content = firstContent(of: bytes, count: prefix) else {
      if bytes.count < count { return true }
      continue
    }
    return content.count == prefix && content[8] == UInt8(ascii: "{")
      && content[4..<8].allSatisfy { $0 == 0 }
  }
  return true
}

/// The first bytes of a frame's contents, fewer only if there are no more; nil if they can't be determined.
private func firstContent(of frame: [UInt8], count: Int) -> [UInt8]? {
  guard let context = ZSTD_createDCtx() else { return nil }
  defer { ZSTD_freeDCtx(context) }
  var hint = 1
  let content = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
    var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: count, pos: 0)
    frame.withUnsafeBytes { bytes in
      var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
      repeat {
        hint = ZSTD_decompressStream(context, &output, &input)
      } while ZSTD_isError(hint) == 0 && output.pos < count && input.pos < input.size
    }
    filled = output.pos
  }
  return content.count == count || hint == 0 ? content : nil
}
