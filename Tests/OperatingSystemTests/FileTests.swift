// Open and temporary files, locks and paths.

import Failures
import Foundation
import OperatingSystem
import SystemPackage
import Testing

@Suite struct FileTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("rnn-os-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func failure(_ body: () throws -> Void) -> Failure? {
    do {
      try body()
      return nil
    } catch {
      return error as? Failure
    }
  }

  @Test func unreadableFilesAreNamed() {
    let missing = failure { _ = try OpenFile(reading: folder + "/none") }
    #expect(missing == Failure(.noInput, "no such file", at: folder + "/none"))
    #expect(failure { _ = try OpenFile(reading: folder) }?.problem == "can't be read: is a directory")
    #expect(OpenFile.smallText(at: folder) == nil)
  }

  @Test func writtenTextIsRead() throws {
    let file = try OpenFile(writing: folder + "/file")
    try file.write("abc\ndef")
    try file.truncate(to: 4)
    try file.write("x")
    #expect(try file.status().size == 5)
    #expect(OpenFile.smallText(at: folder + "/file") == "abc\nx")
  }

  @Test func aFullDiskHasARemedy() throws {
    let file = try OpenFile(writing: "/dev/full", remedyWhenFull: "name another folder")
    let failure = failure { try file.write("x") }
    #expect(
      failure
        == Failure(
          .io, "can't be written: no space left on device", at: "/dev/full", remedy: "name another folder"))
  }

  @Test func temporaryFilesHaveNoName() throws {
    let file = try TemporaryFile()
    try file.append([1, 2])
    try file.append([3])
    #expect(try file.contents() == [1, 2, 3])
    #expect(try Stat(file.descriptor).linkCount == 0)
  }

  @Test func aLockIsExclusive() throws {
    let (one, other) = (try OpenFile(writing: folder + "/lock"), try OpenFile(writing: folder + "/lock"))
    #expect(try one.descriptor.tryLock())
    #expect(try !other.descriptor.tryLock())
  }

  @Test(
    arguments: [
      ("a", ".", "a", nil), ("a/b.csv", "a", "b.csv", "csv"), ("/a.b", "/", "a.b", "b"),
      ("x/.hidden", "x", ".hidden", nil),
    ] as [(String, String, String, String?)])
  func parts(_ path: String, _ parent: String, _ last: String, _ ending: String?) {
    #expect(directory(of: path) == parent)
    #expect(lastComponent(of: path) == last)
    #expect(fileExtension(of: path) == ending)
  }

  @Test func linksAreFollowedToMissingTargets() throws {
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "target")
    #expect(resolvingLinks(folder + "/link") == folder + "/target")
    #expect(resolvingLinks(folder + "/none") == folder + "/none")
  }
}
