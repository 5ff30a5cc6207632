// Compression with zlib, in the format that browsers call "deflate".

import CZlib
import Failures

/// Bytes being compressed.
final class Deflater {
  private var stream = z_stream()
  private var output: [UInt8] = []

  /// - Throws: `Failure` if there is no memory.
  init(level: Int32 = 6) throws {
    let size = Int32(MemoryLayout<z_stream>.size)
    guard deflateInit_(&stream, level, ZLIB_VERSION, size) == Z_OK else {
      throw Failure(.outOfMemory, "not enough memory to compress the page's data")
    }
  }

  deinit { deflateEnd(&stream) }

  /// Adds bytes.
  func add(_ bytes: [UInt8]) {
    // A call takes at most 4 GiB.
    for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
      run(Array(bytes[start..<min(start + 1 << 30, bytes.count)]), Z_NO_FLUSH)
    }
  }

  /// Adds text as UTF-8.
  func add(_ text: String) { add(Array(text.utf8)) }

  /// The compressed bytes; nothing can be added afterwards.
  func finish() -> [UInt8] {
    run([], Z_FINISH)
    return output
  }

  private func run(_ bytes: [UInt8], _ flush: Int32) {
    var input = bytes
    var block = [UInt8](repeating: 0, count: 1 << 16)
    input.withUnsafeMutableBufferPointer { input in
      (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
      repeat {
        let made = block.withUnsafeMutableBufferPointer { block in
          (stream.next_out, stream.avail_out) = (block.baseAddress, UInt32(block.count))
          deflate(&stream, flush)
          return block.count - Int(stream.avail_out)
        }
        output += block[..<made]
      } while stream.avail_out == 0
      stream.next_in = nil
    }
  }
}
