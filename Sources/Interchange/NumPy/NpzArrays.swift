// The arrays of a npz archive by name. What an archive costs is linear in its size: its members' headers are read in one
// pass, arrays that are kept in memory in another, and many arrays that are read in parallel are unpacked first.

import Archives
import ByteStreams
import Failures
import OperatingSystem
import Tensor
import TensorFile

/// The arrays of a npz archive.
struct NpzArrays {
  private let archive: ZipArchive
  private let name: String
  /// The number of each array's member.
  private let members: [String: Int]
  private let headers: [Result<NpyHeader, any Error>]

  /// The largest product of readers and members for which each reader opens the archive itself, and so reads the list
  /// of all members.
  private static let mostEntries = 4096

  init(_ file: TemporaryFile, named name: String) throws {
    let archive = try ZipArchive(file, named: name)
    (self.archive, self.name) = (archive, name)
    members = try Self.members(archive, name)
    var headers: [Result<NpyHeader, any Error>] = []
    try archive.forEach { number, member in
      var reader = ExactReader(member, named: name)
      let array = "\(name), array \(archive.members[number].dropLast(4))"
      headers.append(Result { try NpyHeader(&reader, named: array) })
    }
    self.headers = headers
  }

  private static func members(_ archive: ZipArchive, _ name: String) throws -> [String: Int] {
    var members: [String: Int] = [:]
    for (number, member) in archive.members.enumerated() {
      guard member.hasSuffix(".npy") else {
        throw Failure.data(
          "the member \(member) is not a npy array", at: name, remedy: "use a file written by numpy.savez")
      }
      guard members.updateValue(number, forKey: String(member.dropLast(4))) == nil else {
        throw Failure.data("the archive holds \(member) twice", at: name)
      }
    }
    guard !members.isEmpty else { throw Failure.data("the archive holds no array", at: name) }
    return members
  }

  /// The arrays' names.
  var names: Set<String> { Set(members.keys) }

  /// The header of an array.
  /// - Throws: `Failure` (data) if it can't be read, or the array can't be converted.
  func header(_ array: String) throws -> NpyHeader { try headers[number(array)].get() }

  /// The number of an array's member, of those that the archive holds.
  private func number(_ array: String) throws(Failure) -> Int {
    guard let number = members[array], number < headers.count else {
      throw .data("damaged zip archive: the array \(array) is missing", at: name)
    }
    return number
  }

  /// Some arrays in memory.
  /// - Throws: `Failure` (data) if they are larger than a model may be, or than their archive makes likely.
  func whole(_ arrays: Set<String>) throws -> [String: Tensor] {
    try checkSize(arrays)
    let wanted = Dictionary(uniqueKeysWithValues: try arrays.map { (try number($0), $0) })
    var tensors: [String: Tensor] = [:]
    try archive.forEach { number, member in
      guard let array = wanted[number] else { return }
      var reader = try NpyReader(member, named: "\(name), array \(array)")
      tensors[array] = try reader.whole()
      try reader.finish()
    }
    return tensors
  }

  private func checkSize(_ arrays: Set<String>) throws {
    let limit = try archive.expansionLimit(most: StreamLimits.model.chunk)
    var left = limit
    for array in arrays {
      let header = try header(array)
      let (size, overflow) = (header.rows * header.rowWidth).multipliedReportingOverflow(
        by: header.type.elementType.byteCount)
      guard !overflow, size <= left else {
        throw Failure.data(
          "the arrays that are not rows of a table take more than \(limit >> 20) MiB", at: name,
          remedy: "choose some with --column")
      }
      left -= size
    }
  }

  /// The bytes of some arrays by name, any number of times and all at the same time.
  func sources(of arrays: Set<String>) throws -> (String) throws -> any ByteSource {
    let numbers = Set(try arrays.map { try number($0) })
    if numbers.count * archive.members.count <= Self.mostEntries {
      return { try archive.source(number($0)) }
    }
    let unpacked = try UnpackedZip(archive, members: numbers)
    return { try unpacked.source(number($0)) }
  }
}
