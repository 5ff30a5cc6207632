// Divides texts at separators that are outside of quotes and brackets, so that `lstm(32,return_sequences)` is one value.

import Failures

enum TopLevel {
  private static let closing: [Character: Character] = ["(": ")", "[": "]", "{": "}"]

  /// The parts between separators.
  /// - Throws: `Failure` (usage) for a quote or a bracket that is not closed, or not opened.
  static func split(_ text: String, at separator: Character) throws(Failure) -> [String] {
    var parts = [""]
    /// The characters that close what is open, the innermost last.
    var open: [Character] = []
    for character in text {
      let isQuoted = open.last.map { "\"'".contains($0) } ?? false
      if character == separator, open.isEmpty {
        parts.append("")
        continue
      }
      parts[parts.count - 1].append(character)
      if character == open.last {
        open.removeLast()
      } else if !isQuoted {
        try note(character, &open)
      }
    }
    guard let missing = open.last else { return parts }
    throw .usage("a \(missing) is missing")
  }

  private static func note(_ character: Character, _ open: inout [Character]) throws(Failure) {
    if "\"'".contains(character) { open.append(character) }
    if let end = closing[character] { open.append(end) }
    if closing.values.contains(character) { throw .usage("there is a \(character) too many") }
  }
}
