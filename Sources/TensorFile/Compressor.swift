// zstd compression, one document a frame, through the streaming interface: memory stays constant however
// long the document is.

import CZstd
import Failures

/// A compression context, used again for frame after frame.
final class Compressor {
  private let context: OpaquePointer
  private var output = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())

  /// - Throws: `Failure` where there is no memory for it or the level is unknown to zstd.
  init(level: Int32) throws {
    guard let context = ZSTD_createCCtx() else { throw Failure(.software, "no memory to compress with") }
    self.context = context
    try check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level))
    try check(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
    try check(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1))
    let window = ZSTD_cParam_getBounds(ZSTD_c_windowLog)
    precondition(window.lowerBound <= StreamLimits.windowLog, "zstd knows no window of 8 MiB")
  }

  deinit { ZSTD_freeCCtx(context) }

  /// Compresses `document` into one frame, handed to `body` in pieces.
  /// - Returns: what the seek table says of the frame.
  func compress(_ document: [UInt8], _ body: ([UInt8]) throws -> Void) throws -> FrameRecord {
    try check(ZSTD_CCtx_setPledgedSrcSize(context, UInt64(document.count)))
    var record = FrameRecord(compressed: 0, decompressed: document.count, checksum: 0)
    var consumed = 0
    var isDone = false
    while !isDone {
      let (piece, remaining) = try step(document, &consumed)
      record.compressed += piece.count
      for byte in piece.suffix(4) { record.checksum = record.checksum >> 8 | UInt32(byte) << 24 }
      try body(piece)
      isDone = remaining == 0
    }
    return record
  }

  private func step(_ document: [UInt8], _ consumed: inout Int) throws -> (piece: [UInt8], remaining: Int) {
    try document.withUnsafeBytes { source in
      try output.withUnsafeMutableBytes { target in
        var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: consumed)
        var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
        let remaining = try check(ZSTD_compressStream2(context, &output, &input, ZSTD_e_end))
        consumed = input.pos
        return (Array(target.prefix(output.pos)), remaining)
      }
    }
  }

  @discardableResult
  private func check(_ code: Int) throws -> Int {
    guard ZSTD_isError(code) == 0 else {
      throw Failure(.software, "can't compress: \(String(cString: ZSTD_getErrorName(code)))")
    }
    return code
  }
}
