// Progress of running stages: its files, and what follows from it.

import Foundation
import Registry
import Testing

@Suite struct ProgressTests {
  private func files(_ scratch: Scratch) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.rnn/progress")) ?? []).sorted()
  }

  private func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<200 {
      if condition() { return true }
      usleep(50_000)
    }
    return false
  }

  @Test func isPublishedAndRemoved() throws {
    let scratch = try Scratch()
    record(scratch.location)
    let publisher = ProgressPublisher(scratch.location, run: "r")
    let progress = RunProgress("training", amount: 3, total: 10, text: "loss 0.5")
    publisher.publish { progress }
    let folder = ProgressFolder(scratch.location)
    #expect(eventually { folder.report(of: "r") != nil })
    #expect(folder.report(of: "r")?.progress == progress)
    #expect(folder.report(of: "other") == nil)
    publisher.close()
    #expect(files(scratch).isEmpty)
    publisher.close()
  }

  /// Nothing is written by a stage that is done at once, or where nothing can be written.
  @Test func writesNothingNeedlessly() throws {
    let scratch = try Scratch()
    record(scratch.location)
    let publisher = ProgressPublisher(scratch.location, run: "r")
    publisher.publish { RunProgress("reading", amount: 1) }
    publisher.close()
    #expect(files(scratch).isEmpty)
    let nowhere = ProgressPublisher(RegistryLocation(path: "/proc/none/runs.db"), run: "r")
    nowhere.publish { RunProgress("reading", amount: 1) }
    usleep(1_200_000)
    nowhere.close()
  }

  /// The file of a process that is gone is no progress, and is removed when the registry is opened.
  @Test func abandonedFiles() throws {
    let scratch = try Scratch()
    record(scratch.location)
    let folder = scratch.path + "/.rnn/progress"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let text = """
      {"format":1,"run":"r","pid":999999999,"processStart":"boot 1 1","updatedAt":"2026-01-01T00:00:00.000Z",
      "progress":{"label":"x","amount":1,"first":0,"seconds":1,"isBytes":false,"text":""}}
      """
    try text.write(toFile: folder + "/runs.db.r", atomically: true, encoding: .utf8)
    try "damaged".write(toFile: folder + "/runs.db.s", atomically: true, encoding: .utf8)
    #expect(ProgressFolder(scratch.location).report(of: "r") == nil)
    #expect(ProgressFolder(scratch.location).report(of: "s") == nil)
    _ = try Registry(scratch.location)
    #expect(files(scratch) == ["runs.db.s"])
  }

  @Test func sharesAndTimes() {
    let half = RunProgress("x", amount: 50, total: 100, first: 40, seconds: 2)
    #expect(half.fraction == 0.5 && half.rate == 5 && half.remaining == 10)
    let read = RunProgress("x", amount: 7, seconds: 2, input: .init(read: 25, size: 100))
    #expect(read.fraction == 0.25 && read.remaining == 6)
    for odd in [
      RunProgress("x", amount: 0), RunProgress("x", amount: 9, total: 0),
      RunProgress("x", amount: -1, total: 3),
      RunProgress("x", amount: .max, total: .min, first: .min, seconds: 1),
    ] {
      if let fraction = odd.fraction { #expect((0...1).contains(fraction)) }
      _ = (odd.rate, odd.remaining)
    }
  }
}
