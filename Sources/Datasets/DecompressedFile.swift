// A file read as its content, whether it is compressed or not. The first bytes tell, not the name.

import Failures

/// The content of a plain, gzip, bzip2, xz, zstd or compress file, in order and in constant memory.
public final class DecompressedFile: Feed {
  private let feed: any Feed
  private let path: String
  private var ahead: [UInt8] = []

  /// - Throws: `Failure` of kind `noInput`.
  public init(path: String) throws(Failure) {
    self.path = path
    let file = try DescriptorFile(reading: path)
    switch try Compression(of: path) {
    case .none: feed = file
    case .gzip: feed = try GzipFeed(file)
    case .other: feed = try ArchivedFeed(path)
    }
  }

  /// Up to `count` bytes; none at the end, which has been verified as far as the compression allows.
  /// - Throws: `Failure`: `data` where the file is damaged or cut short, `io` where it can't be read.
  public func read(upTo count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(max(count, 1), 1 << 20))
    let got = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(Failure) in try read(into: buffer) }
    }
    bytes.removeLast(bytes.count - (try got.get()))
    return bytes
  }

  /// Whether the content is a tar: its first block ends with the mark of one.
  func looksLikeTar() throws(Failure) -> Bool {
    while ahead.count < 512 {
      let more = try read(upTo: 512 - ahead.count, passing: true)
      if more.isEmpty { break }
      ahead += more
    }
    return ahead.count == 512 && Array(ahead[257..<262]) == Array("ustar".utf8)
  }

  private func read(upTo count: Int, passing: Bool) throws(Failure) -> [UInt8] {
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

/// How a file is compressed, by its first bytes.
enum Compression {
  case none, gzip, other

  init(of path: String) throws(Failure) {
    let start = try firstBytes(of: path, 6)
    if start.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else {
      let marks: [[UInt8]] = [
        Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD], [0x1F, 0x9D],
      ]
      self = marks.contains { start.starts(with: $0) } ? .other : .none
    }
  }
}

/// Up to `count` bytes from the start of a file.
func firstBytes(of path: String, _ count: Int) throws(Failure) -> [UInt8] {
  var buffer = [UInt8](repeating: 0, count: count)
  let got = try DescriptorFile(reading: path).read(into: &buffer)
  return Array(buffer.prefix(got))
}

/// The content of a file that libarchive decompresses.
private final class ArchivedFeed: Feed {
  private let archive: LibraryArchive
  private let isEmpty: Bool

  init(_ path: String) throws(Failure) {
    archive = try LibraryArchive(.compressed, path: path)
    isEmpty = try archive.next() == nil
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    isEmpty ? 0 : try archive.read(into: buffer)
  }
}
