// zstd compression, one frame per document. A chunk's document is compressed in one call, which saves zstd a copy of
// it; longer ones are compressed with the streaming interface, so that memory stays constant.

import CZstd
import Failures

/// A compression context, reused from frame to frame.
final class Compressor {
  /// The size of the longest document that is compressed in one call.
  private static let longestWhole = 1 << 23

  private let context: OpaquePointer
  private lazy var output = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())

  /// - Throws: `Failure` if there is not enough memory or the level is invalid.
  init(level: Int32) throws {
    guard let context = ZSTD_createCCtx() else { throw Failure(.outOfMemory, "not enough memory to compress") }
    self.context = context
    try check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level))
    try check(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
    try check(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1))
    let window = ZSTD_cParam_getBounds(ZSTD_c_windowLog)
    precondition(window.lowerBound <= StreamLimits.windowLog, "zstd supports no window of 8 MiB")
  }

  deinit { ZSTD_freeCCtx(context) }

  /// Compresses `document` to a frame, which is passed to `body` in pieces.
  /// - Returns: the seek table's entry for the frame.
  func compress(_ document: [UInt8], _ body: ([UInt8]) throws -> Void) throws -> FrameRecord {
    var record = FrameRecord(compressed: 0, decompressed: document.count, checksum: 0)
    try pieces(of: document) { piece in
      record.compressed += piece.count
      for byte in piece.suffix(4) { record.checksum = record.checksum >> 8 | UInt32(byte) << 24 }
      try body(piece)
    }
    return record
  }

  private func pieces(of document: [UInt8], _ body: ([UInt8]) throws -> Void) throws {
    if document.count <= Self.longestWhole { return try body(whole(document)) }
    try check(ZSTD_CCtx_setPledgedSrcSize(context, UInt64(document.count)))
    var consumed = 0
    var isDone = false
    while !isDone {
      let (piece, remaining) = try step(document, &consumed)
      try body(piece)
      isDone = remaining == 0
    }
  }

  private func whole(_ document: [UInt8]) throws -> [UInt8] {
    try document.withUnsafeBytes { source in
      try [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(source.count)) { target, count in
        count = try check(
          ZSTD_compress2(context, target.baseAddress, target.count, source.baseAddress, source.count))
      }
    }
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
