// Listing, finding, SQL queries, merging.

import Failures
import Foundation
import GRDB
import Registry
import Testing

@Suite struct ReadingTests {
  @Test func filters() throws {
    let scratch = try Scratch()
    let first = sampleStart("rnn-pad", name: "one")
    let recorder = RunRecorder(location: scratch.location, start: first)
    recorder.tag("project", "imdb")
    _ = recorder.finish(sampleEnd())
    record(scratch.location, sampleStart("rnn-train"), sampleEnd(.failed))
    record(scratch.location, sampleStart("rnn-train"), sampleEnd())
    let registry = try Registry(scratch.location)
    func count(_ change: (inout RunFilter) -> Void) throws -> Int {
      var filter = RunFilter()
      change(&filter)
      return try registry.runs(filter).count
    }
    #expect(try registry.runs().map(\.id) == registry.runs().map(\.id).sorted(by: >))
    #expect(try count { $0.stage = "train" } == 2)
    #expect(try count { $0.stage = "rnn-train" } == 2)
    #expect(try count { $0.status = .failed } == 1)
    #expect(try count { $0.name = "one" } == 1)
    #expect(try count { $0.tags = [TagCondition(key: "project", value: nil)] } == 1)
    #expect(try count { $0.tags = [TagCondition(key: "project", value: "imdb")] } == 1)
    #expect(try count { $0.tags = [TagCondition(key: "project", value: "x' OR 1 --")] } == 0)
    #expect(try count { $0.limit = 2 } == 2)
  }

  @Test func aRunIsFoundByEitherPartOfItsID() throws {
    let scratch = try Scratch()
    let ids = [record(scratch.location), record(scratch.location)]
    let registry = try Registry(scratch.location)
    #expect(try registry.run(ids[0]).id == ids[0])
    #expect(try registry.run(Run.shortID(ids[1])).id == ids[1])
    #expect(try registry.run(String(Run.shortID(ids[1]).prefix(7))).id == ids[1])
    #expect(try registry.run(String(ids[0].dropLast(2))).id == ids[0])
    let several = #expect(throws: Failure.self) { try registry.run("2") }
    #expect(several?.kind == .usage && several?.problem.contains(ids[0]) == true)
    for none in ["", "nothing", "%", "_"] {
      #expect(throws: Failure.self) { try registry.run(none) }
    }
  }

  @Test func queriesAreReadOnly() throws {
    let scratch = try Scratch()
    record(scratch.location)
    var rows: [[QueryValue]] = []
    func ask(_ sql: String) throws {
      try Registry.query(sql, at: scratch.location, columns: { _ in }, row: { rows.append($0) })
    }
    try ask("select stage, count(*), 1.5, null from runs group by stage -- a comment")
    #expect(rows == [[.text("rnn-pad"), .integer(1), .number(1.5), .null]])
    for wrong in [
      "delete from runs", "select 1; delete from runs", "insert into runs (id) values ('x') returning id",
      "attach 'x.db' as x", "pragma user_version = 9", "drop table runs", "vacuum", "", "select", "selekt 1",
      "select nothing from runs", "create temp table t (a)", "begin immediate",
    ] {
      let failure = #expect(throws: Failure.self, "\(wrong)") { try ask(wrong) }
      #expect(failure?.kind == .usage, "\(wrong)")
    }
    #expect(try scratch.count("SELECT count(*) FROM runs") == 1)
    #expect(try scratch.count("PRAGMA user_version") == 2)
  }

  @Test func mergingTwiceIsTheSameAsOnce() throws {
    let (here, there) = (try Scratch(), try Scratch())
    record(here.location)
    let open = sampleStart("rnn-train")
    let output = RunOutput(artifact("mm", kind: "model"), path: "/m.zst")
    record(there.location, open, sampleEnd(outputs: [output]))
    record(there.location)
    let registry = try Registry(here.location)
    #expect(try registry.merge(there.location) == MergeResult(added: 2, updated: 0))
    #expect(try registry.merge(there.location) == MergeResult(added: 0, updated: 0))
    #expect(try registry.runs().count == 3)
    #expect(try registry.details(of: open.id).outputs == [output])
    try here.raw { try $0.execute(sql: "UPDATE runs SET status = 'running', ended_at = NULL") }
    #expect(try registry.merge(there.location) == MergeResult(added: 0, updated: 2))
    #expect(try registry.run(open.id).status == .done)
    #expect(throws: Failure.self) { try registry.merge(RegistryLocation(path: here.path + "/none.db")) }
  }
}

@Suite struct LineageTests {
  /// text -> tokenize -> pad -> train, with a plain file at the start and an unknown run next to it.
  private func pipe(_ scratch: Scratch) -> [String] {
    let tokenize = sampleStart("rnn-tokenize")
    let pad = sampleStart("rnn-pad")
    let train = sampleStart("rnn-train")
    let unknown = Upstream(run: "20200101-000000000-aaaaaaaa", stage: "rnn-download", host: "far")
    record(
      scratch.location, tokenize,
      sampleEnd(
        inputs: [RunInput(artifact("raw", kind: "text"), upstreams: [unknown], path: nil)],
        outputs: [RunOutput(artifact("tok"), path: nil)]))
    record(
      scratch.location, pad,
      sampleEnd(
        inputs: [RunInput(artifact("tok"), upstreams: [Upstream(run: tokenize.id)], path: nil)],
        outputs: [RunOutput(artifact("pad"), path: "/p.zst")]))
    record(
      scratch.location, train,
      sampleEnd(
        inputs: [
          RunInput(artifact("pad"), path: "/p.zst"), RunInput(artifact("csv", kind: "csv"), path: "/x.csv"),
        ],
        outputs: [RunOutput(artifact("model", kind: "model"), path: "/m.zst")]))
    return [tokenize.id, pad.id, train.id]
  }

  @Test func upward() throws {
    let scratch = try Scratch()
    let ids = pipe(scratch)
    let tree = try Registry(scratch.location).lineage(of: ids[2], .up)
    #expect(tree.run?.id == ids[2])
    #expect(tree.branches.map(\.id) == [ids[1], nil], "by hash where the data has no provenance")
    let pad = tree.branches[0]
    #expect(pad.branches.map(\.id) == [ids[0]])
    let download = pad.branches[0].branches[0]
    #expect(download.run == nil && download.stage == "rnn-download")
  }

  @Test func downward() throws {
    let scratch = try Scratch()
    let ids = pipe(scratch)
    let registry = try Registry(scratch.location)
    let tree = try registry.lineage(of: ids[0], .down)
    #expect(tree.branches.map(\.id) == [ids[1]])
    #expect(tree.branches[0].branches.map(\.id) == [ids[2]])
    #expect(try registry.producers(of: "pad").map(\.id) == [ids[1]])
  }

  /// The same data written by two runs is attributed to the last one before the reader.
  @Test func equalDataBelongsToTheLatestRun() throws {
    let scratch = try Scratch()
    let first = record(
      scratch.location, sampleStart(), sampleEnd(outputs: [RunOutput(artifact("d"), path: "/d")]))
    let second = record(
      scratch.location, sampleStart(), sampleEnd(outputs: [RunOutput(artifact("d"), path: "/d")]))
    let reader = record(
      scratch.location, sampleStart("rnn-train"), sampleEnd(inputs: [RunInput(artifact("d"), path: "/d")]))
    record(scratch.location, sampleStart(), sampleEnd(outputs: [RunOutput(artifact("d"), path: "/d")]))
    let registry = try Registry(scratch.location)
    #expect(try registry.lineage(of: reader, .up).branches.map(\.id) == [second])
    #expect(try registry.lineage(of: second, .down).branches.map(\.id) == [reader])
    #expect(try registry.lineage(of: first, .down).branches.isEmpty)
  }

  /// Two branches that meet are drawn once, and a run that names itself as its origin ends the traversal.
  @Test func meetingBranchesAndCyclesEnd() throws {
    let scratch = try Scratch()
    let source = record(
      scratch.location, sampleStart("rnn-synth"), sampleEnd(outputs: [RunOutput(artifact("s"), path: nil)]))
    let middle = sampleStart("rnn-window")
    let input = RunInput(
      artifact("s"), upstreams: [Upstream(run: source), Upstream(run: middle.id)], path: nil)
    record(scratch.location, middle, sampleEnd(inputs: [input, input]))
    let tree = try Registry(scratch.location).lineage(of: middle.id, .up)
    #expect(tree.branches.map(\.id) == [source, middle.id, source, middle.id])
    #expect(tree.branches.map(\.isRepeated) == [false, true, false, true])
  }
}
