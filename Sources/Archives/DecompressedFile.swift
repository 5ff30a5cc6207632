// The content of a file, compressed or not, which is determined from its first bytes rather than its name.

import Failures
import OperatingSystem

/// The content of a plain, gzip, bzip2, xz, zstd or compress file, read sequentially in constant memory.
public final class DecompressedFile: Feed {
  private let feed: any Feed
  private let path: String
  private var ahead: [UInt8] = []

  /// - Throws: `Failure` of kind `noInput`.
  public init(path: String) throws(Failure) {
    self.path = path
    let file = try OpenFile(reading: path)
    if let compression = try Compression(of: path) {
      feed = try decompressedFeed(file, compression, named: path)
    } else {
      feed = file
    }
  }

  /// Up to `count` bytes; none at the end, when the content has been verified as far as the compression allows.
  /// - Throws: `Failure`: `data` if the file is damaged or truncated, `io` if it can't be read.
  public func read(upTo count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(max(count, 1), 1 << 20))
    let got = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(Failure) in try read(into: buffer) }
    }
    bytes.removeLast(bytes.count - (try got.get()))
    return bytes
  }

  /// Whether the content is a tar: its first block ends with a tar's magic.
  func looksLikeTar() throws(Failure) -> Bool {
    while ahead.count < 512 {
      let more = try readBeyond(upTo: 512 - ahead.count)
      if more.isEmpty { break }
      ahead += more
    }
    return ahead.count == 512 && Array(ahead[257..<262]) == Array("ustar".utf8)
  }

  /// Continues after what was read ahead.
  private func readBeyond(upTo count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(Failure) in try feed.read(into: buffer) }
    }
    return Array(bytes.prefix(try got.get()))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    if ahead.isEmpty { return try feed.read(into: buffer) }
    let count = min(buffer.count, ahead.count)
    buffer.copyBytes(from: ahead.prefix(count))
    ahead.removeFirst(count)
    return count
  }
}
