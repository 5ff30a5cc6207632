// The text that generation continues, as tokens. A character that the model doesn't know is an error, an unknown word is
// read as any other unknown word.

import Failures
import Sequences

/// A prompt for a model of text.
struct Prompt {
  /// The ids of its tokens; at least one.
  let ids: [Int32]
  /// The words that the vocabulary doesn't have.
  let unknownWords: [String]

  /// - Parameter text: the text to continue. An empty one is a line end, after which a new line begins; a vocabulary
  ///   without line ends is given the id of padding, which says nothing.
  /// - Throws: `Failure` (usage) that names a character which the vocabulary doesn't have.
  init(_ text: String, _ vocabulary: Vocabulary) throws {
    let isWords = [.word, .unicode, .punct].contains(vocabulary.rules.mode)
    unknownWords = isWords ? try Self.unknown(text.split(whereSeparator: \.isWhitespace), vocabulary) : []
    let characters = isWords ? [] : try Self.unknown(text.unicodeScalars, vocabulary)
    guard characters.isEmpty else {
      throw Failure.usage(
        "the model's vocabulary doesn't have the character\(characters.count == 1 ? "" : "s") "
          + characters.joined(separator: ", "), at: "--prompt",
        remedy: "leave \(characters.count == 1 ? "it" : "them") out")
    }
    let found = try vocabulary.tokenize(Array(text.utf8))
    let tokens = found.filter { $0 != vocabulary.rules.startID }
    if !tokens.isEmpty {
      ids = found
    } else {
      ids = [vocabulary.rules.startID ?? vocabulary.id(of: "\n") ?? TokenRules.paddingID]
    }
  }

  /// The parts of a text whose tokens are not in the vocabulary.
  private static func unknown(_ parts: some Sequence<Substring>, _ vocabulary: Vocabulary) throws -> [String]
  {
    try parts.filter { try isUnknown(String($0), vocabulary) }.map(String.init)
  }

  private static func unknown(
    _ scalars: String.UnicodeScalarView, _ vocabulary: Vocabulary
  ) throws -> [String] {
    try Set(scalars).sorted().filter { try isUnknown(String($0), vocabulary) }.map { scalar in
      let code = String(scalar.value, radix: 16, uppercase: true)
      let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
      let isVisible = !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
      return isVisible ? "\(scalar) (U+\(digits))" : "U+\(digits)"
    }
  }

  private static func isUnknown(_ text: String, _ vocabulary: Vocabulary) throws -> Bool {
    let ids = try vocabulary.tokenize(Array(text.utf8)).filter { $0 != vocabulary.rules.startID }
    guard let unknown = vocabulary.rules.unknownID else {
      return ids.isEmpty && ![.word, .unicode, .punct].contains(vocabulary.rules.mode)
    }
    return ids.contains(unknown)
  }
}
