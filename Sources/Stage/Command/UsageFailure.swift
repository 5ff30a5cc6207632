// ArgumentParser's complaints about a command line, as failures in the form that all other messages have: what is
// wrong in one line, and the word that was probably meant.

import ArgumentParser
import Failures
import Spelling

/// The failure for a command line that ArgumentParser rejects.
struct UsageFailure {
  /// The message as one line.
  private let message: String
  private let command: any ParsableCommand.Type

  init(_ message: String, of command: any ParsableCommand.Type) {
    self.message = oneLine(message)
    self.command = command
  }

  /// The failure, with a suggestion where a word is nearly one that is known.
  var failure: Failure {
    knownMistake ?? unknownValue ?? unknownOption ?? unknownSubcommand ?? negativeValue ?? .usage(message)
  }

  /// A mistake that the command itself recognizes.
  private var knownMistake: Failure? {
    let kinds = ["nexpected argument", "issing value for", "does not take any value"]
    guard kinds.contains(where: message.contains) else { return nil }
    return (command as? any StageCommand.Type)?.mistake(in: CommandLine.arguments).map { .usage($0) }
  }

  /// The value 'forecst' is invalid for '<kind>'. Please provide one of ...
  private var unknownValue: Failure? {
    guard message.contains(" is invalid for '"),
      let introduction = message.firstRange(of: ". Please provide one of ")
    else { return nil }
    let parts = message.split(separator: "'", omittingEmptySubsequences: false)
    guard parts.count > 3 else { return nil }
    let choices = choices(message[introduction.upperBound...])
    let name = parts[3].split(separator: " ").first.map(String.init) ?? ""
    let place = name.hasPrefix("<") ? String(name.dropFirst().dropLast()) : name
    return .usage("unknown \(place) '\(parts[1])'", remedy: suggestion(for: String(parts[1]), among: choices))
  }

  /// The words in `'a', 'b' or 'c'`, or in `the following: - a - b`.
  private func choices(_ text: Substring) -> [String] {
    if text.contains(" - ") { return text.split(separator: " - ").dropFirst().map(trimmed) }
    return text.split(separator: "'").enumerated().filter { $0.offset % 2 == 0 }.map { String($0.element) }
  }

  /// Unknown option '--lenth'. Did you mean '--length'?
  private var unknownOption: Failure? {
    let parts = message.split(separator: "'", omittingEmptySubsequences: false)
    guard message.hasPrefix("unknown option"), parts.count > 3, parts[2].contains("Did you mean") else {
      return nil
    }
    // ArgumentParser takes any option for near if no other is nearer.
    let (given, offered) = (String(parts[1]), String(parts[3]))
    guard nearestWord(to: given, among: [offered]) != nil else { return .usage("unknown option '\(given)'") }
    return .usage("unknown option '\(given)'", remedy: "did you mean \(offered)?")
  }

  /// Missing value for '--epochs <n>', where the next word is a negative number, which looks like an option.
  private var negativeValue: Failure? {
    let parts = message.split(separator: "'", omittingEmptySubsequences: false)
    guard message.hasPrefix("missing value for"), parts.count > 2,
      let option = parts[1].split(separator: " ").first.map(String.init),
      let place = CommandLine.arguments.firstIndex(of: option),
      let value = CommandLine.arguments.dropFirst(place + 1).first, value.hasPrefix("-"), Double(value) != nil
    else { return nil }
    return .usage("the value '\(value)' looks like an option", at: option, remedy: "write \(option)=\(value)")
  }

  /// Unexpected arguments of a command with subcommands: the first is none of them.
  private var unknownSubcommand: Failure? {
    let names = command.configuration.subcommands.map { $0._commandName }
    guard !names.isEmpty, message.contains("nexpected argument") else { return nil }
    let words = message.split(separator: "'", omittingEmptySubsequences: false)
    guard words.count > 1, !names.contains(String(words[1])) else { return nil }
    return .usage("unknown command '\(words[1])'", remedy: suggestion(for: String(words[1]), among: names))
  }
}

/// `text` without blanks at its ends.
private func trimmed(_ text: Substring) -> String {
  var text = text.drop(while: \.isWhitespace)
  while text.last?.isWhitespace == true { text.removeLast() }
  return String(text)
}

/// A message of several lines as one, beginning in lower case since it follows the command's name.
private func oneLine(_ text: String) -> String {
  let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
  let line = lines.joined(separator: " ")
  return line.prefix(1).lowercased() + line.dropFirst()
}
