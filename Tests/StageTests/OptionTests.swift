// The options of every command, and the manual generated from them.

import ArgumentParser
import Failures
import Stage
import Testing

@Suite struct OptionTests {
  @Test func tagsSplitAtTheFirstSign() throws {
    let options = try StageOptions.parse(["--tag", "a=b=c", "--tag", "d=", "--name", "n", "-q"])
    #expect(options.tag == [Tag(argument: "a=b=c"), Tag(argument: "d=")])
    #expect(options.tag.first?.key == "a")
    #expect(options.tag.first?.value == "b=c")
    #expect(options.quiet && options.name == "n" && !options.json)
  }

  @Test(arguments: [["--tag", "novalue"], ["--tag", "=x"], ["--registry", "a", "--no-registry"]])
  func refuses(_ arguments: [String]) {
    #expect(throws: (any Error).self) { try StageOptions.parse(arguments) }
  }

  @Test func seedIsWhole() throws {
    #expect(try SeedOptions.parse(["--seed", "42"]).seed == 42)
    #expect(throws: (any Error).self) { try SeedOptions.parse(["--seed", "-1"]) }
  }

  @Test func manualHasEveryOption() throws {
    let page = try manualPage(dumpedHelp: Sample._dumpHelp(), version: "1.2.3")
    for part in [
      ".TH \"RNN\\-SAMPLE\" 1", "rnn\\-sample \\- Do a thing", ".SH EXAMPLES",
      "\\fB\\-\\-length\\fR \\fIlength\\fR",
      "\\fB\\-\\-no\\-registry\\fR", "[\\fIfile\\fR]", "Default: 5.", "1.2.3",
    ] {
      #expect(page.contains(part), "\(part)")
    }
  }
}

extension OptionTests {
  @Test(arguments: [
    (nil, []), ("", []), ("a=b", ["a=b"]), ("a=b,,c=d=e,f=", ["a=b", "c=d=e", "f="]),
  ])
  func tagsOfTheEnvironment(text: String?, tags: [String]) throws {
    #expect(try InheritedRecord.tags(in: text) == tags.compactMap(Tag.init(argument:)))
  }

  @Test(arguments: ["a", "a=b,c", "=b"])
  func tagsOfTheEnvironmentAreRefused(text: String) {
    #expect(throws: Failure.self) { try InheritedRecord.tags(in: text) }
  }

  @Test func overviewListsTheCommands() {
    let page = overviewPage([(name: "rnn-pad", abstract: "Make rows equally long.")], version: "1.2.3")
    #expect(page.contains(".TP\n.BR rnn\\-pad (1)\nMake rows equally long."))
  }
}

private struct Sample: StageCommand {
  static let configuration = CommandConfiguration.stage(
    "rnn-sample", abstract: "Do a thing.", discussion: "At length.", examples: ["rnn-sample x | cat"])
  @Argument(help: "The input.") var file: String?
  @Option(help: "How long.") var length = 5
  @OptionGroup var options: StageOptions

  func perform(_ run: StageRun) throws {}
}
