// The examples of docs/serving.md, run as one script, whose output has every line that the page shows.

import CommandRunning
import Foundation
import Testing

@Suite(.enabled(if: CommandRunner.has("curl"), "needs curl"))
struct ServingPageTests {
  @Test(.timeLimit(.minutes(3))) func examplesRun() async throws {
    let page = try Document("docs/serving.md")
    let shell = try Shell()
    let script = page.examples.map(\.text).joined(separator: "\n")
    let result = try await shell.run("trap 'kill $(jobs -p) 2> /dev/null' EXIT\n\(script)")
    #expect(result.exit == 0, "\(result.stderr)")
    #expect(!page.results.isEmpty)
    for line in page.results.flatMap({ $0.text.split(separator: "\n") }) {
      #expect(result.stdout.contains(line), "no \(line) in \(result.stdout)")
    }
  }
}
