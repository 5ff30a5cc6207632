// The bytes to read: the content of a file, or of some members of an archive, concatenated.

import Archives
import ByteStreams
import Datasets
import Failures
import TensorFile

/// A fetched file, which can be opened any number of times.
struct Content {
  /// The name used in messages; its extension determines the format.
  let name: String
  private let path: String
  private let members: [String]?

  /// - Parameters:
  ///   - name: the requested file's name.
  ///   - glob: which members of an archive to read; if nil, it must have exactly one.
  /// - Throws: `Failure.data` if an archive has no such member, or several if only one is allowed.
  init(_ path: String, name: String, member glob: String?, single: Bool) throws {
    self.path = path
    guard try ArchiveReader.isArchive(path) else {
      (self.name, members) = (name, nil)
      return
    }
    let found = try Content.members(path, glob)
    if found.isEmpty {
      throw Failure.data(
        "has no member that matches '\(glob ?? "*")'", at: name, remedy: "list its members with tar or unzip")
    }
    if found.count > 1, glob == nil || single { throw Content.tooMany(found, name) }
    self.name = found[0]
    members = found
  }

  /// The files of an archive, without those added by operating systems.
  private static func members(_ path: String, _ glob: String?) throws -> [String] {
    let archive = try ArchiveReader(path: path)
    var names: [String] = []
    while let member = try archive.next() {
      let isHidden = member.path.split(separator: "/").last?.hasPrefix(".") ?? true
      if isHidden || member.path.hasPrefix("__MACOSX/") { continue }
      if glob.map({ member.matches($0) }) ?? true { names.append(member.path) }
    }
    return names
  }

  private static func tooMany(_ found: [String], _ name: String) -> Failure {
    let shown = found.prefix(5).joined(separator: ", ") + (found.count > 5 ? ", ..." : "")
    return .data("contains \(found.count) files: \(shown)", at: name, remedy: "choose with --member GLOB")
  }

  /// The bytes in order, from the start. With several members, each begins on a new line.
  func open() throws -> any ByteSource {
    guard let members else { return FileContent(file: try DecompressedFile(path: path)) }
    return MemberContent(try ArchiveReader(path: path), members)
  }

  /// The number of files.
  var documentCount: Int { members?.count ?? 1 }

  /// Calls `body` with the complete contents of each file.
  /// - Parameter range: the numbers of the files that are wanted, from 0; nil for all.
  /// - Throws: `Failure.data` if a file is too long for a row of text.
  func documents(_ range: Range<Int>? = nil, _ body: ([UInt8]) throws -> Void) throws {
    let range = range ?? 0..<documentCount
    guard let members else {
      if !range.isEmpty { try body(try document(try DecompressedFile(path: path))) }
      return
    }
    let archive = try ArchiveReader(path: path)
    let wanted = Set(members)
    var number = 0
    while number < range.upperBound, let member = try archive.next() {
      guard wanted.contains(member.path) else { continue }
      if range.contains(number) { try body(try archive.readAll(limit: Content.longestDocument)) }
      number += 1
    }
  }

  private static let longestDocument = 1 << 26

  private func document(_ file: DecompressedFile) throws -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let bytes = try file.read(upTo: 1 << 18)
      if bytes.isEmpty { return all }
      all += bytes
      if all.count > Content.longestDocument {
        throw Failure.data(
          "is longer than the 64 MiB allowed for a row of text", at: name, remedy: "use --by line")
      }
    }
  }
}

private struct FileContent: ByteSource {
  let file: DecompressedFile
  mutating func read(upTo count: Int) throws -> [UInt8] { try file.read(upTo: count) }
}

/// Members of an archive read as one text.
private struct MemberContent: ByteSource {
  private let archive: ArchiveReader
  private let members: Set<String>
  private var isInMember = false
  private var last: UInt8?

  init(_ archive: ArchiveReader, _ members: [String]) {
    self.archive = archive
    self.members = Set(members)
  }

  mutating func read(upTo count: Int) throws -> [UInt8] {
    while true {
      if isInMember {
        let bytes = try archive.read(upTo: count)
        if !bytes.isEmpty {
          last = bytes.last
          return bytes
        }
        isInMember = false
      }
      guard let member = try archive.next() else { return [] }
      isInMember = members.contains(member.path)
      if isInMember, let last, last != UInt8(ascii: "\n") { return [UInt8(ascii: "\n")] }
    }
  }
}
