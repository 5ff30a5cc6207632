// Decompressing gzip with zlib, verifying the checksum and length of every member to the end of the file.

import CZlib
import Failures

/// The content of a gzip file.
final class GzipFeed: Feed {
  private let feed: any Feed
  private let name: String
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var stream = z_stream()
  private var isBetweenMembers = false
  /// The number of members read.
  private var members = 0

  init(_ feed: any Feed, named name: String) throws(Failure) {
    (self.feed, self.name) = (feed, name)
    guard gzip_inflate_begin(&stream) == Z_OK else { throw Failure(.software, "zlib can't be initialized") }
  }

  deinit {
    inflateEnd(&stream)
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(min(buffer.count, 1 << 30))
    let room = stream.avail_out
    while stream.avail_out == room {
      if stream.avail_in == 0, try fill() == 0 {
        if isBetweenMembers { return 0 }
        throw .data("is truncated: its gzip data is incomplete", at: name)
      }
      if isBetweenMembers, try !beginNextMember() { return 0 }
      try inflateSome()
    }
    return Int(room - stream.avail_out)
  }

  private func inflateSome() throws(Failure) {
    switch inflate(&stream, Z_NO_FLUSH) {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END:
      isBetweenMembers = true
      members += 1
    default:
      if members > 0, stream.total_in < 18 { throw .data("other bytes follow its gzip data", at: name) }
      throw .data("is damaged: its gzip data has the wrong checksum", at: name)
    }
  }

  /// Skips zero padding and starts the next member; false at the end of the file.
  private func beginNextMember() throws(Failure) -> Bool {
    while let byte = stream.next_in?.pointee, byte == 0 {
      (stream.next_in, stream.avail_in) = (stream.next_in + 1, stream.avail_in - 1)
      if stream.avail_in == 0, try fill() == 0 { return false }
    }
    guard inflateReset(&stream) == Z_OK else { throw Failure(.software, "zlib can't be initialized") }
    isBetweenMembers = false
    return true
  }

  private func fill() throws(Failure) -> Int {
    let count = try feed.read(into: input)
    stream.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_in = UInt32(count)
    return count
  }
}
