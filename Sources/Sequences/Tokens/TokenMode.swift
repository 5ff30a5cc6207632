// What a token is: a word, a character or a byte.

/// The unit of tokenization.
public enum TokenMode: String, Sendable, CaseIterable {
  /// A word: text between spaces, after replacing filtered characters with spaces.
  case word
  /// A word by Unicode's word boundaries, with dictionaries for languages without spaces between words; punctuation is
  /// omitted.
  case unicode
  /// A Unicode scalar, like a character of a Python string (Keras's `char_level`).
  case char
  /// A byte.
  case byte
}
