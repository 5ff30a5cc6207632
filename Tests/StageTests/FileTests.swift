// Output files are created atomically; inputs have a hash.

import Failures
import Foundation
import Stage
import Testing

@Suite struct FileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("rnn-stage-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }
  private func content(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  @Test func appearsAtTheEnd() throws {
    let file = try OutputFile(path("out"))
    try file.write("abc")
    try file.flush()
    #expect(try !names().contains("out"))
    try file.finish()
    #expect(try names() == ["out"])
    #expect(try content("out") == "abc")
    #expect(file.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func unfinishedLeavesTheOldFile() throws {
    try "old".write(toFile: path("out"), atomically: false, encoding: .utf8)
    do {
      let file = try OutputFile(path("out"))
      try file.write(String(repeating: "new", count: 100_000))
    }
    #expect(try names() == ["out"])
    #expect(try content("out") == "old")
  }

  @Test func keepsPermissionsAndFollowsLinks() throws {
    try "old".write(toFile: path("real"), atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path("real"))
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "real")
    let file = try OutputFile(path("link"))
    try file.write("new")
    try file.finish()
    #expect(try content("real") == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link")) == "real")
    let attributes = try FileManager.default.attributesOfItem(atPath: path("real"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func refusesDirectoriesAndMissingOnes() throws {
    let failure = #expect(throws: Failure.self) { try OutputFile(folder.path) }
    #expect(failure?.kind == .cantCreate)
    let missing = #expect(throws: Failure.self) { try OutputFile(path("none/out")) }
    #expect(missing?.kind == .cantCreate)
  }

  @Test func writesThroughToDevices() throws {
    let file = try OutputFile("/dev/null")
    try file.write("x")
    try file.finish()
    let full = try OutputFile("/dev/full")
    try full.write("x")
    let failure = #expect(throws: Failure.self) { try full.finish() }
    #expect(failure?.kind == .io)
  }

  @Test func inputKnowsItsHashAtTheEnd() throws {
    try "abc".write(toFile: path("in"), atomically: false, encoding: .utf8)
    let input = try InputFile(path("in"), typed: false)
    #expect(try input.read(upTo: 10) == Array("abc".utf8))
    #expect(input.sha256 == nil)
    #expect(try input.read(upTo: 10).isEmpty)
    #expect(input.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func missingInputIsNamed() {
    let failure = #expect(throws: Failure.self) { try InputFile(path("none"), typed: false) }
    #expect(failure?.kind == .noInput)
    #expect(failure?.place == path("none"))
  }

  @Test func streamsAreRecognizedByTheirFirstBytes() {
    #expect(looksLikeStream([0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0, 0, 0]))
    #expect(looksLikeStream([16, 0, 0, 0, 0, 0, 0, 0, UInt8(ascii: "{")]))
    #expect(!looksLikeStream(Array("date,OT\n1,2".utf8)))
    #expect(!looksLikeStream([]))
  }
}
