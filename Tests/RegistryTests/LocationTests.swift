// The search for the registry, and the text forms of times and ids.

import Foundation
import Registry
import Testing

@Suite struct LocationTests {
  @Test func theOptionPrecedesTheEnvironment() {
    let both = RegistryLocation.find(
      option: "a/b.db", environment: ["RNN_REGISTRY": "/c.db"], directory: "/w")
    #expect(both.path == "/w/a/b.db")
    let environment = RegistryLocation.find(
      option: nil, environment: ["RNN_REGISTRY": "/c.db"], directory: "/w")
    #expect(environment.path == "/c.db")
    let empty = RegistryLocation.find(option: nil, environment: ["RNN_REGISTRY": ""], directory: "/nowhere")
    #expect(empty.path == "/nowhere/.rnn/runs.db")
  }

  @Test func theNearestParentFolderIsUsed() throws {
    let scratch = try Scratch()
    let deep = scratch.path + "/a/b/c"
    try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: scratch.path + "/.rnn", withIntermediateDirectories: true)
    #expect(find(deep).path == scratch.path + "/.rnn/runs.db")
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/a/.rnn", withIntermediateDirectories: true)
    #expect(find(deep).path == scratch.path + "/a/.rnn/runs.db")
    try Data().write(to: URL(fileURLWithPath: scratch.path + "/a/b/.rnn"))
    #expect(find(deep).path == scratch.path + "/a/.rnn/runs.db", "a file of that name is no registry")
  }

  private func find(_ directory: String) -> RegistryLocation {
    RegistryLocation.find(option: nil, environment: [:], directory: directory)
  }

  @Test func timesAreReadBack() {
    let time = Timestamp(milliseconds: 1_772_368_496_007)
    #expect(time.text == "2026-03-01T12:34:56.007Z")
    #expect(Timestamp(text: time.text) == time)
    #expect(Timestamp(text: "yesterday") == nil)
    #expect(Timestamp(text: "2026-01-01T99999999999999:00:00.000Z") == nil)
    #expect(Timestamp(milliseconds: -1).text == "1969-12-31T23:59:59.999Z")
  }

  @Test func idsSortByTimeAndDiffer() {
    let ids = (0..<1000).map { _ in RunStart.newRunID() }
    #expect(Set(ids).count == ids.count)
    let times = ids.map { $0.prefix(18) }
    #expect(times == times.sorted())
    #expect(ids.allSatisfy { $0.count == 27 })
  }
}
