// Decompressing zstd, frame by frame, including skippable frames, which libarchive doesn't support.

import CZstd
import Failures

/// The content of zstd frames.
final class ZstdFeed: Feed {
  private let feed: any Feed
  private let name: String
  private let context: OpaquePointer
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
  private var compressed = ZSTD_inBuffer()
  private var isWithinFrame = false
  /// Whether output may remain in zstd's buffers although all input has been consumed.
  private var mayHaveMore = false

  init(_ feed: any Feed, named name: String) throws(Failure) {
    guard let context = ZSTD_createDCtx() else { throw Failure(.outOfMemory, "not enough memory to decompress") }
    (self.feed, self.name, self.context) = (feed, name, context)
  }

  deinit {
    ZSTD_freeDCtx(context)
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    while output.pos == 0 {
      if compressed.pos == compressed.size, !mayHaveMore, try fill() == 0 {
        if !isWithinFrame { return 0 }
        throw .data(
          "is truncated: its zstd data ends within a frame", at: name, remedy: "make or fetch it again")
      }
      let hint = ZSTD_decompressStream(context, &output, &compressed)
      if ZSTD_isError(hint) != 0 {
        let words = String(cString: ZSTD_getErrorName(hint))
        throw .data(
          "is damaged: its zstd data can't be read: \(words)", at: name, remedy: "make or fetch it again")
      }
      isWithinFrame = hint != 0
      mayHaveMore = output.pos == output.size && isWithinFrame
    }
    return output.pos
  }

  private func fill() throws(Failure) -> Int {
    let count = try feed.read(into: input)
    compressed = ZSTD_inBuffer(src: input.baseAddress, size: count, pos: 0)
    return count
  }
}
