// Every option and argument of every command is completed by the shells, unless what it takes is free: the commands'
// own description of themselves (`--experimental-dump-help`) is walked, so that a new option can't be forgotten.

import CommandRunning
import Foundation
import Testing

@Suite struct CompletionTests {
  private static let commands = [
    "download", "synth", "tokenize", "pad", "window", "split", "train", "predict", "plot", "runs", "inspect",
    "convert", "backtest", "sweep", "serve",
  ]

  /// What values are called that can be anything: numbers, names that are not known yet, texts.
  private static let free: Set<String> = [
    "n", "k", "rows", "steps", "number", "seconds", "fraction", "size", "train,validation,test",
    "sigma",
    "radians", "samples", "low,high",
    "seed", "hex", "glob", "text", "title", "query", "characters", "WxH", "key=value", "name=type",
    "layer=module", "q,...",
    "weights", "names", "columns", "column", "new=old", "pattern",
    "name=columns", "name=values", "condition", "time", "url", "i/n",
  ]

  /// Options whose value is the name of something in the data, or a new name.
  private static let freeNames: Set<String> = [
    "column", "columns", "series", "target", "time", "oov-token", "text-column", "label-column", "rename",
    "project", "experiment", "model-name",
  ]

  @Test(arguments: commands)
  func `every option is completed`(command: String) throws {
    let runner = try CommandRunner()
    let result = try runner.run("rnn-\(command) --experimental-dump-help", timeout: 20)
    let dump = try JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any]
    let root = try #require(dump?["command"] as? [String: Any])
    let missing = Self.uncompleted(root, path: "rnn-\(command)")
    #expect(
      missing.isEmpty, "give these a completion: or, if any text is right, a free value name: \(missing)")
  }

  /// The options of a command and its subcommands that the shells don't complete though they could.
  private static func uncompleted(_ command: [String: Any], path: String) -> [String] {
    let own = objects(command["arguments"]).filter { !isCompleted($0) }.map { "\(path) \(name(of: $0))" }
    let below = objects(command["subcommands"]).filter { $0["commandName"] as? String != "help" }
    return own + below.flatMap { uncompleted($0, path: "\(path) \($0["commandName"] as? String ?? "")") }
  }

  private static func isCompleted(_ argument: [String: Any]) -> Bool {
    if argument["kind"] as? String == "flag" || argument["completionKind"] != nil { return true }
    if argument["allValues"] != nil { return false }
    return free.contains(argument["valueName"] as? String ?? "") || freeNames.contains(name(of: argument))
  }

  private static func name(of argument: [String: Any]) -> String {
    let preferred = (argument["preferredName"] as? [String: Any])?["name"] as? String
    return preferred ?? argument["valueName"] as? String ?? ""
  }

  private static func objects(_ value: Any?) -> [[String: Any]] { value as? [[String: Any]] ?? [] }
}
