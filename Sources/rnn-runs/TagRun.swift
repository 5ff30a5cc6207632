// rnn-runs tag, note and rename: what a user says of a run afterwards.

import ArgumentParser
import Failures
import JSON
import Registry
import Stage

struct TagRun: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Give a run tags, or remove them.",
    discussion: """
      EXAMPLES:
        rnn-runs tag @-1 verdict=good project=imdb
        rnn-runs tag baseline --remove verdict
      """)

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subject: String

  @Argument(help: ArgumentHelp("The tags.", valueName: "key=value"))
  var tags: [Tag] = []

  @Option(help: ArgumentHelp("Remove the tag with this key; may be repeated.", valueName: "text"))
  var remove: [String] = []

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if tags.isEmpty && remove.isEmpty { throw ValidationError("name a tag, such as verdict=good") }
  }

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let found = try registry.run(subject, run)
    try registry.change(
      tags: remove.map { ($0, nil) } + tags.map { ($0.key, $0.value as String?) }, of: found.id)
    let now = try registry.details(of: found.id).tags
    let text = now.sorted { $0.key < $1.key }.map { printable("\($0.key)=\($0.value)") }
      .joined(separator: "\n")
    run.result(
      ["id": .string(found.id), "tags": .object(now.mapValues(JSONValue.string))], text,
      stream: .output)
  }
}

struct NoteRun: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Write a note on a run, or read it.",
    discussion: """
      The note is the run's tag note. Without TEXT, it is printed.

      EXAMPLES:
        rnn-runs note @-1 "learned too fast; try 0.0003"
        rnn-runs note model.tensors.zst
      """)

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subject: String

  @Argument(help: ArgumentHelp("The note; an empty one removes it.", valueName: "text"))
  var text: String?

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let found = try registry.run(subject, run)
    if let text {
      try registry.change(tags: [(Registry.noteKey, text.isEmpty ? nil : text)], of: found.id)
    }
    let note = try registry.details(of: found.id).tags[Registry.noteKey]
    run.result(
      ["id": .string(found.id), "note": note.map(JSONValue.string) ?? .null],
      note.map(printableLines) ?? "", stream: .output)
    if note == nil { run.note("the run has no note") }
  }
}

struct RenameRun: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Give a run another name.",
    discussion: "Several runs can have the same name, which then stands for the last of them.")

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subject: String

  @Argument(help: ArgumentHelp("The new name; an empty one removes it.", valueName: "text"))
  var name: String

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let found = try registry.run(subject, run)
    try registry.rename(found.id, to: name.isEmpty ? nil : name)
    run.result(
      ["id": .string(found.id), "name": name.isEmpty ? .null : .string(name)],
      "\(found.shortID) \(printable(name.isEmpty ? "has no name" : name))", stream: .output)
  }
}
