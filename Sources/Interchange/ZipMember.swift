// Reading members of zip archives through libarchive, several at a time: each reader opens the archive anew.

import Archives
import CArchive
import Failures
import TensorFile

/// A zip archive open for reading.
private final class OpenZip {
  private let library: LibArchive
  private let archive: OpaquePointer
  private let name: String

  init(_ spool: ByteSpool, named name: String) throws {
    library = try LibArchive.load()
    guard let archive = library.read_new() else { throw Failure(.software, "no memory for a zip archive") }
    self.archive = archive
    self.name = name
    library.read_support_format_zip(archive)
    guard library.read_open_filename(archive, spool.path, 1 << 16) == ARCHIVE_OK else { throw failure }
  }

  deinit { library.read_free(archive) }

  /// The next member's name, nil at the archive's end.
  func next() throws -> String? {
    var entry: OpaquePointer?
    let code = library.read_next_header(archive, &entry)
    if code == ARCHIVE_EOF { return nil }
    guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry else { throw failure }
    let path = library.entry_pathname_utf8(entry) ?? library.entry_pathname(entry)
    guard let path else { throw Failure.data("a member of the archive has no readable name", at: name) }
    return String(cString: path)
  }

  func read(upTo count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let received = library.read_data(archive, buffer.baseAddress, count)
      guard received >= 0 else { throw failure }
      filled = received
    }
  }

  var failure: Failure {
    let text = library.error_string(archive).map { String(cString: $0) } ?? "unknown error"
    return .data("the zip archive is damaged: \(text)", at: name, remedy: "make or fetch the file again")
  }
}

/// The names of an archive's members, in its order.
func zipMembers(_ spool: ByteSpool, named name: String) throws -> [String] {
  let zip = try OpenZip(spool, named: name)
  var members: [String] = []
  while let member = try zip.next() {
    members.append(member)
    guard members.count <= 65_536 else {
      throw Failure.data("the archive has more than 65,536 members", at: name)
    }
  }
  return members
}

/// The bytes of one member.
struct ZipMember: ByteSource {
  private let zip: OpenZip

  /// - Parameter number: which member, in the archive's order.
  init(_ spool: ByteSpool, number: Int, named name: String) throws {
    zip = try OpenZip(spool, named: name)
    for _ in 0...number {
      guard try zip.next() != nil else {
        throw Failure.data("the zip archive changed while it was read", at: name)
      }
    }
  }

  mutating func read(upTo count: Int) throws -> [UInt8] { try zip.read(upTo: count) }
}

/// A zip archive whose members are read whole.
public struct ZipArchive {
  /// The members' names, in the archive's order.
  public let members: [String]
  private let spool: ByteSpool
  private let name: String

  /// - Throws: `Failure` (data) where the archive is damaged.
  public init(_ spool: ByteSpool, named name: String) throws {
    (self.spool, self.name) = (spool, name)
    members = try zipMembers(spool, named: name)
  }

  /// The bytes of the first member of that name.
  /// - Parameter limit: how many bytes it may have.
  /// - Throws: `Failure` (data) where there is none, it is longer, or damaged.
  public func bytes(of member: String, limit: Int) throws -> [UInt8] {
    guard let number = members.firstIndex(of: member) else {
      throw Failure.data("the archive has no member \(member)", at: name)
    }
    var source = try ZipMember(spool, number: number, named: name)
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
