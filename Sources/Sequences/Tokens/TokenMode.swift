// What a token is: a word, a character, a byte or a subword.

/// The unit of tokenization.
public enum TokenMode: String, Sendable, CaseIterable {
  /// A word: text between spaces, after replacing filtered characters with spaces.
  case word
  /// A word by Unicode's word boundaries, with dictionaries for languages without spaces between words; punctuation is
  /// omitted.
  case unicode
  /// A word or a punctuation mark, with the space before it, so that the text can be put together again.
  case punct
  /// A Unicode scalar, like a character of a Python string (Keras's `char_level`).
  case char
  /// A byte.
  case byte
  /// A subword: bytes that were merged by byte-pair encoding.
  case bpe

  /// Whether tokens hold all spaces, so that text is their concatenation.
  public var keepsSpaces: Bool { ![.word, .unicode].contains(self) }
  /// Whether tokens are found within pieces, which begin with a space where the text has one.
  var hasPieces: Bool { self == .punct || self == .bpe }
}
