// The examples of README.md, run as a reader would: one after another, in an empty directory.

import Foundation
import Testing

@Suite struct ReadmeTests {
  @Test(.timeLimit(.minutes(10))) func examplesRun() async throws {
    let examples = try Document("README.md").examples
    #expect(examples.count > 5)
    let shell = try Shell()
    for example in examples {
      let result = try await shell.run("set -eo pipefail\n\(example.text)")
      #expect(result.exit == 0, "README.md:\(example.line): exit code \(result.exit)\n\(result.stderr)")
      guard result.exit == 0 else { return }
    }
  }

  /// The Chinese page has the same commands, including those that the tests don't run.
  @Test func chineseExamplesAreTheSame() throws {
    let chinese = try Document("README.zh.md").commands.map(\.text)
    #expect(try Document("README.md").commands.map(\.text) == chinese)
  }

  @Test(arguments: [
    "README.md", "README.zh.md", "CHANGELOG.md", "docs/architecture.md", "docs/stream.md", "docs/model.md",
    "docs/training.md", "docs/recurrent.md", "docs/registry.md", "docs/speed.md", "docs/sequences.md",
    "docs/generation.md", "docs/translation.md", "docs/tagging.md", "docs/serving.md",
  ])
  func linkedFilesExist(_ name: String) throws {
    let page = try Document(name)
    for link in page.links {
      #expect(FileManager.default.fileExists(atPath: page.resolve(link).path), "\(name) links to \(link)")
    }
  }
}
