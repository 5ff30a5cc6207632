// The commands as users run them: every case in Cases/ is run in a shell and compared with its expected results.

import CommandRunning
import Foundation
import Testing

@Suite struct CommandTests {
  @Test("commands are built") func commandsAreBuilt() {
    #expect(
      CommandRunner.has("rnnpipe") && CommandRunner.has("rnn-pad"),
      "no commands in \(CommandRunner.commands.path); run 'make build' first")
  }

  @Test(arguments: try CommandCase.all())
  func behaves(_ example: CommandCase) throws {
    guard example.needs.allSatisfy(isAvailable) else { return }
    let runner = try CommandRunner()
    for line in example.setup {
      let result = try runner.run(line, timeout: example.timeout)
      #expect(result.exit == 0, "setup '\(line)' failed: \(result.stderr)")
    }
    let script = ([Self.eventually] + example.script).joined(separator: "\n")
    let result = try runner.run(script, timeout: example.timeout)
    #expect(result.exit == example.exit, "\(result)")
    for check in example.checks { expect(check, of: result, in: runner.folder) }
  }

  /// A function of the shell that waits for a condition, so that cases don't depend on how fast the machine is.
  private static let eventually = """
    eventually() { for _ in {1..600}; do eval "$1" > /dev/null 2>&1 && return; sleep 0.05; done; echo "never: $1" >&2; }
    """

  private func isAvailable(_ need: String) -> Bool {
    switch need {
    case "root": geteuid() == 0
    case "user": geteuid() != 0
    case "ulimit": !CommandRunner.hasSanitizer
    default: CommandRunner.has(need)
    }
  }

  private func expect(_ check: CommandCase.Check, of result: CommandResult, in folder: URL) {
    switch check {
    case .whole(let stream, let lines):
      let wanted = lines.map { $0 + "\n" }.joined()
      #expect(result[stream] == wanted)
    case .has(let stream, let part): #expect(result[stream].contains(part))
    case .lacks(let stream, let part): #expect(!result[stream].contains(part))
    case .lines(let stream, let count): #expect(result.lines(of: stream).count == count, "\(result[stream])")
    case .json(let stream): expectJSON(result.lines(of: stream))
    case .file(let name): #expect(!matches(name, in: folder).isEmpty, "no \(name)")
    case .noFile(let pattern): #expect(matches(pattern, in: folder) == [])
    }
  }

  private func expectJSON(_ lines: [Substring]) {
    #expect(!lines.isEmpty, "nothing printed")
    for line in lines {
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: Data(line.utf8), options: [.fragmentsAllowed])
      }
    }
  }

  /// The paths in `folder` that match a shell pattern, including hidden ones.
  private func matches(_ pattern: String, in folder: URL) -> [String] {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { fnmatch(pattern, $0, 0) == 0 }.sorted()
  }
}

extension CommandResult {
  subscript(stream: CommandCase.Stream) -> String { stream == .stdout ? stdout : stderr }

  func lines(of stream: CommandCase.Stream) -> [Substring] { self[stream].split(separator: "\n") }
}
