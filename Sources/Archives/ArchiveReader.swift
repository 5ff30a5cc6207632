// The files of an archive, one after another in the archive's order. Nothing is written to disk, so a member's name
// is text, not a path: names that point outside a folder, links and devices are harmless.

import Failures
import Glibc

/// How much is read from an archive before it is rejected as malicious.
public struct ArchiveLimits: Sendable {
  /// The maximum size of a member in bytes.
  public var memberBytes = 1 << 30
  /// The maximum number of members of any kind.
  public var members = 2_000_000

  /// 1 GiB per member, two million members.
  public init() {}
}

/// A file in an archive.
public struct ArchiveMember: Sendable, Equatable {
  /// Its path in the archive.
  public let path: String

  /// Whether `glob` (`*`, `?`, `[...]`; `*` also crosses slashes) matches the path or its last component.
  public func matches(_ glob: String) -> Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return fnmatch(glob, path, 0) == 0 || fnmatch(glob, name, 0) == 0
  }
}

/// Reads a zip, or a tar, compressed in any way or not at all. Folders, links and devices are skipped.
public final class ArchiveReader {
  private let archive: LibraryArchive
  private let content: DecompressedFile?
  private let path: String
  private let limits: ArchiveLimits
  private var memberCount = 0
  private var memberBytes = 0
  private var member = ""
  private var isAtEnd = false
  private var scratch = [UInt8](repeating: 0, count: 1 << 16)

  /// - Throws: `Failure`: `noInput`, or `data` if the file is not an archive.
  public init(path: String, limits: ArchiveLimits = ArchiveLimits()) throws(Failure) {
    self.path = path
    self.limits = limits
    if try ArchiveReader.isZip(path) {
      content = nil
      archive = try LibraryArchive(.zip, path: path, named: path)
    } else {
      let content = try DecompressedFile(path: path)
      self.content = content
      archive = try LibraryArchive(.tar(content), path: path, named: path)
    }
  }

  /// Whether the file at `path` is an archive rather than one file, compressed or not.
  public static func isArchive(_ path: String) throws(Failure) -> Bool {
    if try isZip(path) { return true }
    return try DecompressedFile(path: path).looksLikeTar()
  }

  private static func isZip(_ path: String) throws(Failure) -> Bool {
    let start = try firstBytes(of: path, 4)
    return [[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6]].contains(start)
  }

  /// The next file; nil at the end of the archive, which has then been verified as complete, and at every call after
  /// that, since libarchive can't be asked again.
  /// - Throws: `Failure.data` if the archive is damaged, truncated, or beyond the limits.
  public func next() throws(Failure) -> ArchiveMember? {
    if isAtEnd { return nil }
    while let entry = try archive.next() {
      memberCount += 1
      if memberCount > limits.members { throw .data("has more than \(limits.members) members", at: path) }
      guard entry.isRegularFile, let name = entry.path else { continue }
      if let size = entry.claimedSize, size > Int64(limits.memberBytes) { throw tooLarge(name) }
      (member, memberBytes) = (name, 0)
      return ArchiveMember(path: name)
    }
    try finish()
    isAtEnd = true
    return nil
  }

  /// Up to `count` bytes of the current file; none at its end.
  /// - Throws: `Failure.data` if the archive is damaged or truncated, or the file beyond the limits.
  public func read(upTo count: Int) throws(Failure) -> [UInt8] {
    let length = min(max(count, 1), scratch.count)
    let got = scratch.withUnsafeMutableBytes { buffer in
      Result { () throws(Failure) in try archive.read(into: .init(rebasing: buffer[..<length])) }
    }
    let bytes = scratch[..<(try got.get())]
    memberBytes += bytes.count
    if memberBytes > limits.memberBytes { throw tooLarge(member) }
    return Array(bytes)
  }

  /// The complete current file, at most `limit` bytes.
  /// - Throws: `Failure.data` also if it is longer.
  public func readAll(limit: Int) throws(Failure) -> [UInt8] {
    var content: [UInt8] = []
    while true {
      let bytes = try read(upTo: scratch.count)
      if bytes.isEmpty { return content }
      content += bytes
      if content.count > limit {
        throw .data("contains a file of more than \(limit) bytes: \(member)", at: path)
      }
    }
  }

  /// Checks that the archive is complete: a tar has an end mark, and compressed data ends with a checksum.
  private func finish() throws(Failure) {
    guard let content else { return }
    guard archive.hasEndMark else { throw .data("is truncated: the archive has no end mark", at: path) }
    while try !content.read(upTo: 1 << 16).isEmpty {}
  }

  private func tooLarge(_ name: String) -> Failure {
    .data("contains a file of more than \(limits.memberBytes) bytes: \(name)", at: path)
  }
}
