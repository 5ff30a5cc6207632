// The memory of the stages: what streams, or needs two passes, has the same peak with inputs of any size. The stages are those
// of Benchmarks/memory-stages.txt, and the table of docs/memory.md has a row for each.

import CommandRunning
import Foundation
import Testing

@Suite struct MemoryTests {
  /// A line of the list.
  private struct Stage {
    let name: String
    let memory: String
    let command: String

    /// The line's fields, without the input, which only the speed is computed from.
    init?(_ line: Substring) {
      let fields = line.split(separator: "|", maxSplits: 3).map { $0.trimmingCharacters(in: .whitespaces) }
      guard fields.count == 4, !line.hasPrefix("#") else { return nil }
      (name, memory, command) = (fields[0], fields[1], fields[3])
    }

    var isFlat: Bool { memory == "streams" || memory == "two passes" }
  }

  /// The inputs in MB. The smaller ones fill what stages keep in memory before they use a file, and the queues between threads.
  private static let sizes = (small: 12, large: 48)
  /// By how many MiB the peaks may differ: less than what the larger inputs are larger. They also depend on how threads take
  /// turns.
  private static let margin = 32

  @Test func theTableHasTheStages() throws {
    let page = try text("docs/memory.md")
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `rnn-") }.map { row in
      row.split(separator: "|").prefix(2).map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(rows == (try stages()).map { [$0.name, $0.memory] })
    #expect(page.contains("\(Self.sizes.large) MB of input") && page.contains("\(Self.margin) MiB above"))
  }

  @Test func peaksAreFlat() throws {
    guard !CommandRunner.hasSanitizer else { return }
    let runner = try CommandRunner()
    let inputs = "source '\(CommandRunner.repository.path)/Benchmarks/memory-inputs.sh'; models"
    let made = try runner.run(
      "\(inputs); inputs \(Self.sizes.small); inputs \(Self.sizes.large)", timeout: 300)
    try #require(made.exit == 0, "\(made.stderr)")
    for stage in try stages() where stage.isFlat {
      let small = try peak(of: stage, Self.sizes.small, runner)
      var large = try peak(of: stage, Self.sizes.large, runner)
      // A peak that is due to the threads' turns is not there again.
      for _ in 0..<2 where large > small + Self.margin {
        large = min(large, try peak(of: stage, Self.sizes.large, runner))
      }
      #expect(large <= small + Self.margin, "\(stage.name): \(small) MiB, then \(large) MiB")
    }
  }

  /// The peak in MiB that the registry has: to a process that the test itself starts, the system adds the test's own.
  private func peak(of stage: Stage, _ megabytes: Int, _ runner: CommandRunner) throws -> Int {
    let line =
      """
      d=data-\(megabytes) megabytes=\(megabytes) RNN_REGISTRY=peaks.db; export RNN_REGISTRY
      \(stage.command) --quiet > printed && rnn-runs list --limit 1 --json
      """
    let result = try runner.run(line, timeout: 120)
    let runs = try? JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [[String: Any]]
    return try #require(runs?.first?["peak_rss_bytes"] as? Int, "\(stage.name): \(result.stderr)") >> 20
  }

  private func stages() throws -> [Stage] {
    try text("Benchmarks/memory-stages.txt").split(separator: "\n").compactMap(Stage.init)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: CommandRunner.repository.appendingPathComponent(path), encoding: .utf8)
  }
}
