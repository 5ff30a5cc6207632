// The benchmark program, run as briefly as possible: it prints the lines that scripts read. The limits of time are long, since
// other tests may keep all threads of the runner busy meanwhile.

import Foundation
import Testing

@Suite struct BenchmarkTests {
  @Test(.timeLimit(.minutes(10))) func aLineForEachKind() async throws {
    let lines = try await lines("throughput --repeats 1 --milliseconds 1 lstm-forecaster")
    #expect(lines.map { $0["kind"] as? String } == ["train", "predict", "step"])
    #expect(lines.allSatisfy { $0["model"] as? String == "lstm-forecaster" })
    #expect(number("sequences_per_second", lines[0]) > 0)
    #expect(number("allocations_per_step", lines[0]) == 0)
    #expect(number("microseconds", lines[2]) > 0)
  }

  @Test(.timeLimit(.minutes(10))) func measuresOnCommand() async throws {
    let lines = try await lines(
      """
      printf '%s\\n' '{"kind":"train","model":"lstm-forecaster","batches":2}' \
        '{"kind":"predict","model":"gru-sentiment","batches":1,"steps":20,"units":8,"batch":4}' \
        '{"kind":"train","model":"no-such-model"}' 'no JSON' | throughput --serve --threads 2
      """)
    #expect(lines.map { number("rows", $0) } == [64, 4, -1, -1])
    #expect(number("seconds", lines[0]) > 0)
    #expect((lines[2]["error"] as? String)?.contains("no-such-model") == true)
    #expect(lines[3]["error"] != nil)
  }

  /// A fifth of the steps are padding, and a batch has about 3,360 distinct tokens.
  @Test(.timeLimit(.minutes(10))) func syntheticReviewsAreLikeReviews() async throws {
    let shell = try Shell()
    let result = try await shell.run(
      """
      throughput --write-inputs reviews.tensors.zst &&
        rnn-convert reviews.tensors.zst --column x --no-registry -o x.csv
      """)
    #expect(result.exit == 0, "\(result.stderr)")
    let text = try String(contentsOf: shell.folder.appendingPathComponent("x.csv"), encoding: .utf8)
    let rows = text.split(separator: "\n").dropFirst().prefix(128).map { $0.split(separator: ",") }
    let tokens = rows.flatMap { $0 }
    #expect(tokens.count == 128 * 200)
    #expect((3_200...3_500).contains(Set(tokens).count))
    #expect((0.15...0.25).contains(Double(tokens.count { $0 == "0" }) / Double(tokens.count)))
  }

  /// The JSON objects that a script prints, one per line.
  private func lines(_ script: String) async throws -> [[String: Any]] {
    let shell = try Shell()
    let result = try await shell.run(script)
    #expect(result.exit == 0, "\(result.stderr)")
    return try result.stdout.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  private func number(_ key: String, _ line: [String: Any]) -> Double { line[key] as? Double ?? -1 }
}
