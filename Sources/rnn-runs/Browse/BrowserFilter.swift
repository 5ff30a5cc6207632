// What is typed to find runs: words that must occur, and conditions on parameters, metrics and tags.

import Failures
import Registry
import Spelling

/// A filter as typed: `lstm units>=64 val_loss:min<0.3 project=imdb status=failed since=2d "two words"`.
struct BrowserFilter {
  /// The conditions, those of the command line included.
  private(set) var filter: RunFilter
  /// The words that must occur in a run.
  private(set) var words: [String] = []

  /// - Parameters:
  ///   - text: what was typed.
  ///   - base: the conditions of the command line.
  /// - Throws: `Failure` (usage) for a condition that can't be read, or on something that no run has.
  init(_ text: String, base: RunFilter, metrics: [String], parameters: [String]) throws {
    filter = base
    for token in Self.tokens(text) {
      guard !token.isQuoted, let parts = FilterOptions.split(token.text), !parts.key.isEmpty else {
        words.append(token.text)
        continue
      }
      if parts.comparison == .equal, try take(parts.key, parts.value) { continue }
      try add(token.text, parts, metrics, parameters)
    }
  }

  /// Takes a property of the run itself.
  /// - Returns: whether it is one.
  private mutating func take(_ key: String, _ value: String) throws -> Bool {
    switch key {
    case "stage": filter.stage = value
    case "name": filter.name = value
    case "since": filter.since = try RunTime.parse(value, option: key)
    case "until": filter.until = try RunTime.parse(value, option: key)
    case "status":
      guard let status = RunStatus(rawValue: value) else {
        throw Failure.usage(
          "'\(value)' is no status", remedy: suggestion(for: value, among: RunStatus.allCases.map(\.rawValue))
        )
      }
      filter.status = status
    default: return false
    }
    return true
  }

  private mutating func add(
    _ text: String, _ parts: (key: String, comparison: Comparison, value: String), _ metrics: [String],
    _ parameters: [String]
  ) throws {
    let name = parts.key.split(separator: ":").first.map(String.init) ?? parts.key
    if metrics.contains(name), let condition = try MetricColumn.condition(text) {
      filter.metrics.append(condition)
    } else if parameters.contains(parts.key) {
      filter.parameters.append(try FilterOptions.parameter(text))
    } else if parts.comparison == .equal {
      filter.tags.append(TagCondition(key: parts.key, value: parts.value))
    } else {
      throw Failure.usage(
        "no run has the metric or parameter \(parts.key)",
        remedy: suggestion(for: parts.key, among: metrics + parameters))
    }
  }

  /// Words, separated by spaces; quotes keep spaces, and signs of comparison, in a word.
  private static func tokens(_ text: String) -> [(text: String, isQuoted: Bool)] {
    var (tokens, word, isQuoted, isOpen) = ([(text: String, isQuoted: Bool)](), "", false, false)
    for letter in text + " " {
      if letter == "\"" {
        (isOpen, isQuoted) = (!isOpen, true)
      } else if letter == " ", !isOpen {
        if !word.isEmpty { tokens.append((word, isQuoted)) }
        (word, isQuoted) = ("", false)
      } else {
        word.append(letter)
      }
    }
    // A quote that isn't closed yet, while it is being typed.
    let rest = word.trimmingSuffix(" ")
    return rest.isEmpty ? tokens : tokens + [(rest, true)]
  }
}

extension String {
  fileprivate func trimmingSuffix(_ letter: Character) -> String {
    var text = self[...]
    while text.last == letter { text.removeLast() }
    return String(text)
  }
}
