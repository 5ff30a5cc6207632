// Experiments that are tests of the suite, at their full counts.

import CommandRunning
import Foundation

let suiteExperiments: [Experiment] = [
  suite(
    "registry-writers",
    "64 processes write 1,000 runs each to a registry; 192 times one is killed with kill -9",
    expected: "no run lost, none twice, integrity_check ok", anchor: "MLflow with SQLite: database is locked",
    count: 64_000, filter: "LongTests/sixtyFourWriters"),
  suite(
    "million-runs", "questions to a registry of 1,000,000 runs", expected: "answers, p95 below 50 ms",
    anchor: "none published", count: 120, filter: "LongTests/aMillionRuns"),
  suite(
    "gradients", "gradients of random shapes of 150 networks against finite differences in float64",
    expected: "a relative error below 1e-4", anchor: "PyTorch gradcheck: fixed shapes", count: 3900,
    filter: "GradientTests"),
  suite(
    "resumed-steps",
    "training of 3 cells with dropout, interrupted after each of 200 steps, with 1 and 2 threads",
    expected: "the same weights, bit for bit", anchor: "torchdata 1437: an epoch lost", count: 6 * 199,
    filter: "everyStepCanBeTheLast"),
  suite(
    "http-answers", "27 behaviors of a hostile server, cut at 50 points each",
    expected: "the right file, or an error",
    anchor: "Hugging Face hub PR 3778: a file twice as long", count: 27 * 50, filter: "FetchTests"),
]

/// A suite of which one pass makes `count` attempts.
private func suite(
  _ name: String, _ fault: String, expected: String, anchor: String, count: Int, filter: String
) -> Experiment {
  Experiment(
    name: name, fault: fault, expected: expected, anchor: anchor, count: count, short: 0, needs: ["swift"],
    batch: count
  ) {
    { range in
      let root = CommandRunner.repository.path
      let result = try CommandRunner().run(
        "cd '\(root)' && RNN_LONG_TESTS=1 swift test -c release --skip-build --filter '\(filter)'",
        timeout: 7200)
      print(
        result.stdout.split(separator: "\n").filter { $0.contains("seconds:") || $0.contains("p95") }.joined(
          separator: "\n"))
      guard result.exit == 0, result.stdout.contains("passed") else {
        let reason = result.stdout.split(separator: "\n").first { $0.contains("recorded an issue") } ?? ""
        return [
          FailedAttempt(
            number: range.lowerBound,
            problem: "swift test --filter \(filter): exit \(result.exit) \(reason.prefix(500))")
        ]
      }
      return []
    }
  }
}
