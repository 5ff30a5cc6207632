// zstd decompression of a data frame. A content checksum, no dictionary and a window within the limit, which are
// optional in zstd, are required.

import ByteStreams
import CZstd
import Failures

/// A decompression context, reused from frame to frame.
final class Decompressor {
  static let magic: UInt32 = 0xFD2F_B528
  private let context: OpaquePointer
  private var output = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
  /// The maximum size of a frame header.
  private static let longestHeader = 18
  /// The maximum memory that is reserved according to a frame header: the size of a chunk.
  private static let trustedSize: UInt64 = 1 << 23

  init() throws {
    guard let context = ZSTD_createDCtx() else { throw Failure(.outOfMemory, "not enough memory to decompress") }
    self.context = context
    let code = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, StreamLimits.windowLog)
    precondition(ZSTD_isError(code) == 0, "zstd supports no window of 8 MiB")
  }

  deinit { ZSTD_freeDCtx(context) }

  /// Decompresses the frame that follows in `input`.
  /// - Parameter body: receives the contents in pieces.
  /// - Returns: what the seek table must list for the frame.
  /// - Throws: `Failure.data` if the frame is truncated, damaged, or has no checksum.
  func decompress(_ input: BufferedSource, _ body: (UnsafeRawBufferPointer) throws -> Void) throws
    -> FrameRecord
  {
    try checkHeader(try input.peek(Decompressor.longestHeader))
    ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    var record = FrameRecord(compressed: 0, decompressed: 0, checksum: 0)
    var isDone = false
    while !isDone {
      let available = try input.available()
      guard !available.isEmpty else { throw StreamFault.truncated("within a frame") }
      isDone = try step(available, input, &record, body)
    }
    return record
  }

  /// The size declared by the next frame in `input`, limited to what may be reserved before the data arrives; 0 if it
  /// declares no size.
  func expectedSize(_ input: BufferedSource) throws -> Int {
    let size = Decompressor.contentSize(try input.peek(Decompressor.longestHeader))
    return size < UInt64.max - 1 ? Int(min(size, Decompressor.trustedSize)) : 0
  }

  private static func contentSize(_ header: ArraySlice<UInt8>) -> UInt64 {
    header.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
  }

  /// The flags of a frame's header; see RFC 8878, 3.1.1.1.
  private func checkHeader(_ bytes: ArraySlice<UInt8>) throws {
    guard bytes.count > 4 else { throw StreamFault.truncated("within a frame") }
    let flags = bytes[bytes.startIndex + 4]
    guard flags & 0b100 != 0 else { throw StreamFault.damaged("a zstd frame without a checksum") }
    guard flags & 0b1011 == 0 else { throw StreamFault.damaged("a zstd frame that needs a dictionary") }
    let size = Decompressor.contentSize(bytes)
    guard size <= UInt64(StreamLimits.model.chunk) || size >= UInt64.max - 1 else {
      throw StreamFault.damaged("a zstd frame that declares \(size) bytes")
    }
  }

  /// Decompresses what is available until the frame ends.
  /// - Returns: whether the frame has ended.
  private func step(
    _ available: ArraySlice<UInt8>, _ input: BufferedSource, _ record: inout FrameRecord,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Bool {
    var hint = 1
    let taken = try available.withUnsafeBytes { source in
      var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
      repeat {
        hint = try step(&input, &record, body)
      } while hint != 0 && input.pos < input.size
      return input.pos
    }
    for byte in available.prefix(taken).suffix(4) {
      record.checksum = record.checksum >> 8 | UInt32(byte) << 24
    }
    record.compressed += taken
    input.advance(taken)
    return hint == 0
  }

  private func step(
    _ input: inout ZSTD_inBuffer, _ record: inout FrameRecord,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    try output.withUnsafeMutableBytes { target in
      var hint: Int
      repeat {
        var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
        hint = try check(ZSTD_decompressStream(context, &output, &input))
        record.decompressed += output.pos
        try body(UnsafeRawBufferPointer(rebasing: target[..<output.pos]))
        // If the buffer is full, there may be more output.
        if output.pos < output.size { break }
      } while hint != 0
      return hint
    }
  }

  private func check(_ code: Int) throws -> Int {
    guard ZSTD_isError(code) != 0 else { return code }
    if ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge {
      throw StreamFault.damaged("a zstd frame with a window over \(1 << (StreamLimits.windowLog - 20)) MiB")
    }
    throw StreamFault.damaged("\(String(cString: ZSTD_getErrorName(code)))")
  }
}
