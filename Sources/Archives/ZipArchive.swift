// Zip archives in temporary files, the form of other programs' arrays and models: members are read one after another
// in a single pass, or a few of them at the same time, each by a reader that opens the archive separately.

import ByteStreams
import Failures
import OperatingSystem

/// A zip archive in a temporary file.
public struct ZipArchive {
  /// The members' names, in the archive's order.
  public let members: [String]
  /// The archive's name in error messages.
  let name: String
  private let file: TemporaryFile

  private static let mostMembers = 65_536

  /// - Parameter name: its name in error messages.
  /// - Throws: `Failure` (data) if the archive is damaged, (unavailable) if the machine has no libarchive.
  public init(_ file: TemporaryFile, named name: String) throws {
    (self.file, self.name) = (file, name)
    let archive = try openZip(file, named: name)
    var members: [String] = []
    while let entry = try archive.next() {
      guard let path = entry.path else {
        throw Failure.data("a member of the archive has no readable name", at: name)
      }
      members.append(path)
      guard members.count <= Self.mostMembers else {
        throw Failure.data("the archive has more than 65,536 members", at: name)
      }
    }
    self.members = members
  }

  /// A member's bytes, independent of all other readers. Each call reads the archive's directory again.
  /// - Parameter number: its index in `members`.
  /// - Throws: `Failure` (data) if the archive is damaged.
  public func source(_ number: Int) throws -> ZipMember {
    let archive = try openZip(file, named: name)
    for _ in 0...number { try next(archive) }
    return ZipMember(archive)
  }

  /// Calls `body` with the number and the bytes of each member, in the archive's order; it need not read them to the end.
  /// - Throws: `Failure` (data) if the archive is damaged.
  public func forEach(_ body: (_ number: Int, _ member: ZipMember) throws -> Void) throws {
    let archive = try openZip(file, named: name)
    for number in members.indices {
      try next(archive)
      try body(number, ZipMember(archive))
    }
  }

  private func next(_ archive: LibraryArchive) throws {
    guard try archive.next() != nil else {
      throw Failure.data("the zip archive changed while it was read", at: name)
    }
  }

  /// The archive's size in bytes.
  var size: Int { get throws { try file.size() } }

  /// The number of bytes to which contents that are kept in memory may expand: 64 MiB, or 32 times the archive's size,
  /// more than weights can be compressed, but never more than `most`.
  public func expansionLimit(most: Int) throws -> Int { min(most, max(64 << 20, 32 * (try size))) }

  /// The bytes of the first member with this name.
  /// - Parameter limit: the maximum number of bytes.
  /// - Throws: `Failure` (data) if there is none, it is longer, or damaged.
  public func bytes(of member: String, limit: Int) throws -> [UInt8] {
    guard let number = members.firstIndex(of: member) else {
      throw Failure.data("the archive has no member \(member)", at: name)
    }
    var source = try source(number)
    var bytes: [UInt8] = []
    while case let more = try source.read(upTo: 1 << 18), !more.isEmpty {
      guard more.count <= limit - bytes.count else {
        throw Failure.data("its member \(member) is larger than \(limit >> 20) MiB", at: name)
      }
      bytes += more
    }
    return bytes
  }
}

/// The bytes of one member of a zip archive.
public struct ZipMember: ByteSource {
  private let archive: LibraryArchive

  fileprivate init(_ archive: LibraryArchive) { self.archive = archive }

  /// - Throws: `Failure` (data) if the member is damaged.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try archive.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }
}

private func openZip(_ file: TemporaryFile, named name: String) throws -> LibraryArchive {
  try LibraryArchive(.zip, path: file.path, named: name, remedy: "create or fetch the file again")
}
