// The tutorial: its commands run on little data, and its two languages are equal.

import Foundation
import Testing

@Suite struct TutorialTests {
  @Test(.timeLimit(.minutes(15))) func commandsRun() async throws {
    let shell = try Shell()
    let tutorial = Shell.repository.appendingPathComponent("pipelines/tutorial").path
    let result = try await shell.run(tutorial, environment: ["FIXTURE": "1"])
    #expect(result.exit == 0, "\(result.stderr.suffix(2000))")
    for name in ["tutorial.md", "tutorial.zh.md"] {
      for picture in try Document("docs/\(name)").links.filter({ $0.hasSuffix(".png") }) {
        let drawn = shell.folder.appendingPathComponent(
          "out/tutorial/\(picture.split(separator: "/").last ?? "")")
        #expect(FileManager.default.fileExists(atPath: drawn.path), "\(name) shows \(picture)")
      }
    }
  }

  /// The same commands with the same results; only the text in pictures is in the page's language.
  @Test func languagesAreEqual() throws {
    let (english, chinese) = (try Document("docs/tutorial.md"), try Document("docs/tutorial.zh.md"))
    #expect(english.commands.map(withoutWords) == chinese.commands.map(withoutWords))
    #expect(english.results.map(\.text) == chinese.results.map(\.text))
    #expect(english.formulas == chinese.formulas)
    #expect(
      english.links.filter { !$0.contains("tutorial") } == chinese.links.filter { !$0.contains("tutorial") })
  }

  /// A command without the text that it puts into a picture, be it by an option or as the name of a column.
  private func withoutWords(_ command: Document.Block) -> String {
    command.text.replacing(" --language zh", with: "")
      .replacing(/--(title|x-label|y-label) "[^"]*"/) { "--\($0.1)" }
      .replacing(/sed '1s\/guessing\/[^\/]*\/' (\S+) \| rnn-plot curves/) { "rnn-plot curves \($0.1)" }
  }
}
