// The rows of a recorded run in the tables.

import Foundation
import GRDB
import Registry
import Testing

@Suite struct RecorderTests {
  @Test func aShortRunIsWrittenAtOnce() throws {
    let scratch = try Scratch()
    let start = sampleStart(name: "first")
    let recorder = RunRecorder(location: scratch.location, start: start)
    recorder.parameter("length", "100")
    recorder.parameter("length", "200")
    recorder.tag("project", "imdb")
    recorder.metric("loss", step: 1, value: 0.5)
    recorder.metric("loss", step: 2, value: .nan)
    recorder.metric("loss", step: 3, value: .infinity)
    let input = RunInput(
      artifact("aa"), upstreams: [Upstream(run: "elsewhere", stage: "rnn-tokenize")], path: nil)
    let output = RunOutput(artifact("bb"), path: "/data/padded.zst")
    #expect(recorder.finish(sampleEnd(inputs: [input], outputs: [output])) == [])

    let registry = try Registry(scratch.location)
    let details = try registry.details(of: start.id)
    #expect(details.run.status == .done)
    #expect(details.run.argv == start.argv)
    #expect(details.run.seed == 42)
    #expect(details.run.host == hostName())
    #expect(details.run.pid == ProcessInfo.processInfo.processIdentifier)
    #expect(details.run.startedAt == start.startedAt)
    #expect(details.run.endedAt.map { $0 >= start.startedAt } == true)
    #expect(details.parameters == ["length": "200"])
    #expect(details.tags == ["project": "imdb"])
    #expect(details.inputs.map(\.upstream?.run) == ["elsewhere"])
    #expect(details.inputs.map(\.isUpstreamKnown) == [false])
    #expect(details.outputs == [output])
    #expect(details.lastMetrics.map(\.step) == [3])
    let values = try registry.metrics(of: start.id).map(\.value)
    #expect(values[0] == 0.5 && values[1].isNaN && values[2] == .infinity)
  }

  @Test func aLongRunIsRecordedAsRunning() throws {
    let scratch = try Scratch()
    let start = sampleStart("rnn-train")
    let recorder = RunRecorder(location: scratch.location, start: start)
    try wait { try FileManager.default.fileExists(atPath: scratch.location.path) && scratch.hasRun() }
    #expect(try Registry(scratch.location).run(start.id).status == .running)
    recorder.metric("loss", step: 1, value: 0.5)
    try wait { try scratch.count("SELECT count(*) FROM metrics") == 1 }
    #expect(recorder.finish(sampleEnd(.failed)) == [])
    let run = try Registry(scratch.location).run(start.id)
    #expect(run.status == .failed && run.error == "f.zst: truncated" && run.exitCode == 65)
  }

  @Test func manyMetricsFromManyThreads() throws {
    let scratch = try Scratch()
    let recorder = RunRecorder(location: scratch.location, start: sampleStart())
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for step in 0..<1000 { recorder.metric("m\(thread)", step: step, value: Double(step)) }
    }
    #expect(recorder.finish(sampleEnd()) == [])
    #expect(try scratch.count("SELECT count(*) FROM metrics") == 8000)
  }

  @Test func aJoinedInputHasARowForEachOfItsRuns() throws {
    let scratch = try Scratch()
    let input = RunInput(artifact("aa"), upstreams: [Upstream(run: "p"), Upstream(run: "q")], path: "/j.zst")
    let id = record(scratch.location, sampleStart(), sampleEnd(inputs: [input]))
    let found = try Registry(scratch.location).details(of: id).inputs
    #expect(found.map(\.upstream?.run) == ["p", "q"])
  }

  @Test func finishingTwiceChangesNothing() throws {
    let scratch = try Scratch()
    let recorder = RunRecorder(location: scratch.location, start: sampleStart())
    #expect(recorder.finish(sampleEnd()) == [])
    recorder.metric("late", step: 0, value: 1)
    #expect(recorder.finish(sampleEnd(.failed)) == [])
    #expect(try scratch.count("SELECT count(*) FROM runs WHERE status = 'done'") == 1)
    #expect(try scratch.count("SELECT count(*) FROM metrics") == 0)
  }

  @Test func anEndThatWasWrittenTooEarlyIsCorrected() throws {
    let scratch = try Scratch()
    let start = sampleStart()
    let recorder = RunRecorder(location: scratch.location, start: start)
    recorder.metric("loss", step: 1, value: 0.5)
    #expect(recorder.finish(sampleEnd()) == [])
    #expect(recorder.correct(sampleEnd(.failed)) == [])
    let details = try Registry(scratch.location).details(of: start.id)
    #expect(details.run.status == .failed && details.run.error == "f.zst: truncated")
    #expect(details.lastMetrics.count == 1)
  }

  @Test func anEndInTheSpoolIsCorrectedThere() throws {
    let scratch = try Scratch()
    record(scratch.location)
    let start = sampleStart()
    try scratch.raw { db in
      try db.execute(sql: "BEGIN EXCLUSIVE")
      defer { try? db.execute(sql: "ROLLBACK") }
      let recorder = RunRecorder(location: scratch.location, start: start, patience: 0.1)
      #expect(recorder.finish(sampleEnd()).count == 1)
      #expect(recorder.correct(sampleEnd(.failed)) == [])
    }
    #expect(try Registry(scratch.location).run(start.id).status == .failed)
  }

  /// The record of a run whose process can't encode anything any more.
  @Test func lastWordsAreImported() throws {
    let scratch = try Scratch()
    let start = sampleStart()
    let recorder = RunRecorder(location: scratch.location, start: start)
    recorder.parameter("length", "9")
    let words = try recorder.lastWords(
      RunEnd(status: .failed, exitCode: 71, error: "out of \"memory\"", wall: 0, cpu: 0, peakRSS: 0))
    let milliseconds = start.startedAt.milliseconds + 1500
    let text =
      words.before + #""cpu":12e-3,"endedAt":\#(milliseconds),"peakRSS":4096,"wall":1500e-3"# + words.after
    try wait { try FileManager.default.fileExists(atPath: scratch.location.path) && scratch.hasRun() }
    try Data(text.utf8).write(to: URL(fileURLWithPath: words.path))
    let run = try Registry(scratch.location).run(start.id)
    #expect(run.status == .failed && run.exitCode == 71 && run.error == "out of \"memory\"")
    #expect(run.endedAt?.milliseconds == milliseconds && run.argv == start.argv)
    #expect(try Registry(scratch.location).details(of: start.id).parameters == ["length": "9"])
    #expect(scratch.spooled.isEmpty)
  }

  private func wait(_ condition: () throws -> Bool) throws {
    for _ in 0..<100 where try !condition() { usleep(50_000) }
    #expect(try condition())
  }
}

extension Scratch {
  func hasRun() throws -> Bool {
    try count("SELECT count(*) FROM sqlite_master WHERE name = 'runs'") == 1
      && count("SELECT count(*) FROM runs") == 1
  }
}
