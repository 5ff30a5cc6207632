// The text of tokens as they come, one after the other: characters, bytes and subwords follow each other directly, words
// are separated by spaces, except where nobody writes one.

/// Turns tokens into text, token by token.
public struct TokenText: Sendable {
  private let vocabulary: Vocabulary
  private let hasSpaces: Bool
  /// The last character so far; nil at the beginning.
  private var last: Unicode.Scalar?

  /// - Parameter text: the text that the tokens continue.
  public init(_ vocabulary: Vocabulary, after text: String = "") {
    self.vocabulary = vocabulary
    hasSpaces = !vocabulary.rules.mode.keepsSpaces
    last = text.unicodeScalars.last
  }

  /// The bytes that the token `id` adds to the text; none for reserved ids.
  public mutating func append(_ id: Int32) -> [UInt8] {
    guard let token = vocabulary.bytes(of: id) else { return [] }
    let scalars = String(decoding: token, as: UTF8.self).unicodeScalars
    guard hasSpaces else {
      // At the beginning, the space that tokens of words begin with is left out.
      let isFirst = last == nil && vocabulary.rules.mode == .punct
      last = scalars.last ?? last
      return Array(isFirst && token.first == UInt8(ascii: " ") ? token.dropFirst() : token)
    }
    let isSeparate = scalars.first.map(needsSpace) ?? false
    last = scalars.last ?? last
    return (isSeparate ? [UInt8(ascii: " ")] : []) + token
  }

  /// Whether a space separates the text so far from a word that begins with `first`.
  private func needsSpace(before first: Unicode.Scalar) -> Bool {
    guard let last, !last.properties.isWhitespace, !Self.opening.contains(last),
      !Self.closing.contains(first)
    else { return false }
    return !(Vocabulary.isUnspaced(last.value) && Vocabulary.isUnspaced(first.value))
  }

  /// Marks that no space follows, and marks that no space precedes.
  private static let opening = Set("([{¿¡“‘«".unicodeScalars)
  private static let closing = Set(".,;:!?)]}”’»…%。、，！？；：".unicodeScalars)
}
