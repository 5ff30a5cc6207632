// Names for MLflow, for folders, and the text of DVC's files.

import Testing
import Trackers

@Suite struct NamesTests {
  @Test func acceptedNamesStay() {
    let names = ["loss", "val_loss", "a/b", "A-b.c d", "größe", "中文1"]
    #expect(MLflowNames.accepted(names) == Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }))
  }

  @Test(arguments: [
    ("a:b", "a_b"), ("", "_"), ("/a", "_a"), ("a/", "a_"), ("..", "__"), (".", "_"), ("a//b", "a__b"),
    ("a/../b", "a____b"), ("½", "_"), ("a\nb", "a_b"), ("👍", "_"),
  ])
  func othersAreChanged(_ name: String, _ accepted: String) {
    #expect(MLflowNames.accepted([name]) == [name: accepted])
  }

  @Test func namesStayDifferent() {
    #expect(MLflowNames.accepted(["a_b", "a:b", "a?b"]) == ["a_b": "a_b", "a:b": "a_b_2", "a?b": "a_b_3"])
    let long = [String(repeating: "x", count: 300), String(repeating: "x", count: 301)]
    let names = MLflowNames.accepted(long)
    #expect(Set(names.values).count == 2 && names.values.allSatisfy { $0.count <= 250 })
  }

  @Test func longTextsAreCut() {
    #expect(MLflowNames.cut("abcdef", to: 6) == "abcdef")
    #expect(MLflowNames.cut("abcdefg", to: 6) == "abc...")
  }

  @Test func foldersAreSafeAndDifferent() {
    #expect(RunFolders.safe("../a b") == "_.._a_b")
    #expect(RunFolders.safe("") == "_")
    #expect(RunFolders.safe("größe=1") == "größe=1")
    var folders = RunFolders(owners: ["base": "1-a", "other": ""])
    #expect(folders.name(for: start("1-a", "base")) == "base")
    #expect(folders.name(for: start("2-b", "base")) == "base-b")
    #expect(folders.name(for: start("2-b", "base")) == "base-b")
    #expect(folders.name(for: start("3-c", "other")) == "other-c")
    #expect(folders.name(for: start("4-d", nil)) == "4-d")
  }

  @Test func batchesKeepToTheLimits() {
    let metrics = (0..<2_500).map { TrackedMetric(name: "a", step: $0, value: 1, time: 0) }
    #expect(MLflowBatch.batches(of: metrics).map(\.metrics.count) == [1000, 1000, 500])
    let pairs = Dictionary(uniqueKeysWithValues: (0..<250).map { ("key \($0)", "value") })
    #expect(MLflowBatch.pieces(of: pairs).map(\.count) == [100, 100, 50])
    let large = Dictionary(
      uniqueKeysWithValues: (0..<99).map { ("key \($0)", String(repeating: "\u{1}", count: 6000)) })
    let pieces = MLflowBatch.pieces(of: large)
    #expect(pieces.allSatisfy { MLflowBatch(parameters: $0).json("run").text.utf8.count < 1_000_000 })
    #expect(pieces.reduce(0) { $0 + $1.count } == 99)
  }

  @Test func filesOfDVC() {
    let metrics = [
      TrackedMetric(name: "loss", step: 2, value: .nan, time: 0),
      TrackedMetric(name: "loss", step: 1, value: 1e-7, time: 0),
    ]
    let parameters = ["a": "1e-07", "b": "true", "c": "x: \"y\"\u{7F}", "d": "007", "e": "2.5", "f": "no"]
    let run = TrackedRun(start("1-a", nil), parameters: parameters, tags: [:], metrics: metrics, end: nil)
    let files = Dictionary(DVCLive.files(of: run).map { ($0.path, $0.text) }) { $1 }
    #expect(files["metrics.json"] == "{\n    \"loss\": NaN,\n    \"step\": 2\n}\n")
    #expect(files["plots/metrics/loss.tsv"] == "step\tloss\n1\t1e-07\n2\tNaN\n")
    #expect(
      files["params.yaml"]
        == "\"a\": 1.0e-07\n\"b\": true\n\"c\": \"x: \\\"y\\\"\\u007f\"\n\"d\": \"007\"\n\"e\": 2.5\n\"f\": \"no\"\n"
    )
  }

  private func start(_ id: String, _ name: String?) -> TrackedStart {
    TrackedStart(
      id: id, stage: "rnn-train", name: name, user: "u", host: "h", version: "1", command: "rnn-train",
      time: 0)
  }
}
