// Advice never names an option that doesn't exist: each `--option` in a string of a command's sources must be one of
// that command, or of a command that the string names; one in a library's string must be an option of some command.

import CommandRunning
import Foundation
import Testing

@Suite struct AdviceTests {
  private static let commands = [
    "download", "synth", "tokenize", "pad", "window", "split", "train", "predict", "plot", "runs", "inspect",
    "convert", "backtest", "sweep", "serve",
  ].map { "rnn-\($0)" }

  /// Options of other programs, which strings name with the program.
  private static let foreign: [String: Set<String>] = ["srun": ["--mpi"]]

  private static let sources = CommandRunner.repository.appendingPathComponent("Sources")

  @Test func `strings name options that exist`() throws {
    let options = try Self.optionsByCommand()
    for file in try Self.swiftFiles() {
      let known = Self.known(in: file, options)
      for literal in Self.strings(try String(contentsOf: file, encoding: .utf8)) {
        let named = Self.commands.filter(literal.contains).compactMap { options[$0] }
        let others = Self.foreign.filter { literal.contains($0.key) }.values
        let allowed = (named + others).reduce(known) { $0.union($1) }
        let unknown = Self.options(in: literal).filter { !allowed.contains($0) }
        #expect(unknown.isEmpty, "\(file.lastPathComponent): \(unknown) in \"\(literal)\"")
      }
    }
  }

  /// The options that a file's strings can name without a command: those of its own command, or of all.
  private static func known(in file: URL, _ options: [String: Set<String>]) -> Set<String> {
    options[file.deletingLastPathComponent().lastPathComponent]
      ?? options.values.reduce(into: []) { $0.formUnion($1) }
  }

  private static func swiftFiles() throws -> [URL] {
    let walk = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    return walk.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
  }

  /// The strings within a line; comments are not read by users.
  private static func strings(_ source: String) -> [String] {
    source.split(separator: "\n").filter { !$0.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") }
      .flatMap { $0.matches(of: /"((?:[^"\\]|\\.)*)"/).map { String($0.output.1) } }
  }

  private static func options(in text: String) -> [String] {
    text.matches(of: /(?:^|[^A-Za-z0-9-])(--[a-z][a-z0-9-]*[a-z0-9])/).map { String($0.output.1) }
  }

  /// The options of each command and its subcommands, from its own description.
  private static func optionsByCommand() throws -> [String: Set<String>] {
    let runner = try CommandRunner()
    var options: [String: Set<String>] = [:]
    for command in commands {
      let result = try runner.run("\(command) --experimental-dump-help", timeout: 20)
      let dump = try JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any]
      options[command] = names(try #require(dump?["command"] as? [String: Any]))
    }
    return options
  }

  private static func names(_ command: [String: Any]) -> Set<String> {
    let arguments = command["arguments"] as? [[String: Any]] ?? []
    let own = arguments.flatMap { $0["names"] as? [[String: Any]] ?? [] }.compactMap { $0["name"] as? String }
    let below = command["subcommands"] as? [[String: Any]] ?? []
    return below.reduce(into: Set(own.map { "--\($0)" })) { $0.formUnion(names($1)) }
  }
}
