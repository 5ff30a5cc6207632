// Decompressing bzip2, xz and compress with libarchive.

import Failures

/// The content of compressed bytes, decompressed by libarchive.
final class ArchivedFeed: Feed {
  private let archive: LibraryArchive
  private let name: String
  private var isAtEnd: Bool

  init(_ feed: any Feed, named name: String) throws(Failure) {
    self.name = name
    archive = try LibraryArchive(.compressed(feed), path: name, named: name, remedy: "make or fetch it again")
    isAtEnd = try archive.next() == nil
    if isAtEnd { try checkEnd() }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    if isAtEnd { return 0 }
    let count = try archive.read(into: buffer)
    isAtEnd = count == 0
    if isAtEnd { try checkEnd() }
    return count
  }

  /// libarchive stops at the end of a compressed stream and ignores what follows.
  private func checkEnd() throws(Failure) {
    guard try archive.hasUnusedBytes() else { return }
    throw .data("other bytes follow its compressed data", at: name, remedy: "make or fetch it again")
  }
}
