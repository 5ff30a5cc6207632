// Hostile HDF5 files: small files in which many objects share one long header, name or array are rejected quickly,
// because their structures would cost more than the file's size to read.

import Failures
import HDF5
import Testing

@Suite struct SharedStructuresTests {
  @Test func continuationsOfOneBlock() {
    for kind in [0, 3] {
      var file = RawHDF5()
      // 2,000 parts of a header, all of them the same 64 KiB of empty messages, or of datatypes.
      let block = file.append([UInt8](repeating: 0, count: 1 << 16))
      for place in stride(from: block, to: block + 1 << 16, by: 8) { file.bytes[place] = UInt8(kind) }
      let root = file.addHeader(
        (0..<2000).map { _ in (16, RawHDF5.numbers([block, 1 << 16], 8)) }, count: 65_535)
      expectRefusal(file.finished(root: root), "the parts of an object header overlap")
    }
  }

  @Test func membersOfOneName() {
    var file = RawHDF5()
    let name = [UInt8](repeating: 0x61, count: 4000)
    let empty = file.addHeader([])
    let root = file.addGroup(names: name + [0], members: (0..<2000).map { _ in (0, empty) })
    expectRefusal(file.finished(root: root), "its objects refer to the same bytes again and again")
  }

  @Test func aLongName() {
    var file = RawHDF5()
    let empty = file.addHeader([])
    let root = file.addGroup(names: [UInt8](repeating: 0x61, count: 5000) + [0], members: [(0, empty)])
    expectRefusal(file.finished(root: root), "a name is longer than 4096 bytes")
  }

  @Test func membersOfOneHeader() {
    var file = RawHDF5()
    let long = file.addHeader((0..<4000).map { _ in (0, [UInt8](repeating: 0, count: 64)) })
    let names = (0..<2000).map { "m\(10_000 + $0)" }
    let members = names.indices.map { (7 * $0, long) }
    let root = file.addGroup(names: names.flatMap { Array($0.utf8) + [0] }, members: members)
    expectRefusal(file.finished(root: root), "its objects refer to the same bytes again and again")
  }

  @Test func groupsInsideThemselves() {
    var file = RawHDF5()
    let names: [UInt8] = Array("a\0b\0".utf8)
    // The group's header is placed behind its tree, at an address known from a first attempt.
    var attempt = file
    let address = attempt.addGroup(names: names, members: [(0, 0), (2, 0)])
    let root = file.addGroup(names: names, members: [(0, address), (2, address)])
    #expect(root == address)
    expectRefusal(file.finished(root: root), "its groups are nested too deeply")
  }

  @Test func twoMembersOfTheSameName() {
    var file = RawHDF5()
    let empty = file.addGroup(names: [0], members: [])
    let root = file.addGroup(names: Array("a\0".utf8), members: [(0, empty), (0, empty)])
    expectRefusal(file.finished(root: root), "two members of a group have the same name")
  }

  @Test func ordinaryFilesStayWithinTheBudget() throws {
    let file = HDF5Builder()
    for number in 0..<300 { file.add(group: "layers/dense_\(number)/vars", name: "dense_\(number)") }
    let read = try HDF5File(file.encoded)
    for number in 0..<300 {
      let group = "layers/dense_\(number)/vars"
      for _ in 0..<2 { #expect(try read.texts("name", of: group) == ["dense_\(number)"]) }
    }
  }

  private func expectRefusal(_ bytes: [UInt8], _ problem: String) {
    let start = ContinuousClock.now
    do throws(Failure) {
      _ = try HDF5File(bytes)
      Issue.record("\(bytes.count) bytes were accepted")
    } catch {
      #expect(error.problem == "damaged HDF5 file: \(problem)")
    }
    #expect(start.duration(to: .now) < .seconds(2))
  }
}

/// A file written structure by structure, which may share what ordinary files don't.
private struct RawHDF5 {
  var bytes = [UInt8](repeating: 0, count: 96)

  static func numbers(_ numbers: [Int], _ size: Int) -> [UInt8] {
    numbers.flatMap { number in (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
  }

  /// Appends bytes; returns their address.
  mutating func append(_ more: [UInt8]) -> Int {
    let address = bytes.count
    bytes += more + [UInt8](repeating: 0, count: -more.count & 7)
    return address
  }

  /// An object header of these messages, whose sizes are multiples of 8.
  mutating func addHeader(_ messages: [(kind: Int, bytes: [UInt8])], count: Int? = nil) -> Int {
    var body: [UInt8] = []
    for message in messages {
      body += Self.numbers([message.kind, message.bytes.count], 2) + [0, 0, 0, 0] + message.bytes
    }
    let start: [UInt8] =
      [1, 0] + Self.numbers([count ?? messages.count], 2) + Self.numbers([1, body.count, 0], 4)
    return append(start + body)
  }

  /// A group whose members have names at offsets in `names`.
  mutating func addGroup(names: [UInt8], members: [(name: Int, header: Int)]) -> Int {
    let data = append(names)
    let heap = append(Array("HEAP".utf8) + [0, 0, 0, 0] + Self.numbers([names.count, 1, data], 8))
    var symbols: [UInt8] = []
    for member in members {
      symbols += Self.numbers([member.name, member.header], 8) + [UInt8](repeating: 0, count: 24)
    }
    let leaf = append(Array("SNOD".utf8) + [1, 0] + Self.numbers([members.count], 2) + symbols)
    let tree = append(Array("TREE".utf8) + [0, 0, 1, 0] + Self.numbers([-1, -1, 0, leaf, 0], 8))
    return addHeader([(17, Self.numbers([tree, heap], 8))])
  }

  /// The file with its superblock.
  func finished(root: Int) -> [UInt8] {
    let start: [UInt8] = HDF5File.magic + [0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0]
    let addresses = Self.numbers([0, -1, bytes.count, -1, 0, root], 8)
    return start + addresses + bytes[(start.count + addresses.count)...]
  }
}
