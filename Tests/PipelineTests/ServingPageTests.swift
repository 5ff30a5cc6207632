// The examples of docs/serving.md, run as one script, whose output has every line that the page shows.

import CommandRunning
import Testing

@Suite(.enabled(if: CommandRunner.has("curl"), "needs curl"))
struct ServingPageTests {
  @Test func examplesRun() throws {
    let page = try Document("docs/serving.md")
    let script = page.examples.map(\.text).joined(separator: "\n")
    let result = try CommandRunner().run(script, timeout: 60)
    #expect(result.exit == 0, "\(result.stderr)")
    #expect(!page.results.isEmpty)
    for line in page.results.flatMap({ $0.text.split(separator: "\n") }) {
      #expect(result.stdout.contains(line), "no \(line) in \(result.stdout)")
    }
  }
}
