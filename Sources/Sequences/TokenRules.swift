// How text becomes tokens and which ids they get: everything about a vocabulary but its tokens.

/// What one token is.
public enum TokenMode: String, Sendable, CaseIterable {
  /// What stands between spaces, once filtered characters have become spaces.
  case word
  /// A Unicode scalar, as an element of a Python string is (Keras's `char_level`).
  case char
  /// A byte.
  case byte
}

/// The rules by which text becomes token ids. The defaults are those of Keras's `Tokenizer` for the text
/// and those of `keras.datasets.imdb` for the reserved ids: padding 0, start 1, unknown 2.
public struct TokenRules: Sendable, Equatable {
  /// The characters that Keras's `Tokenizer` takes for spaces; the apostrophe is none of them.
  public static let kerasFilters = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n"

  /// What one token is.
  public let mode: TokenMode
  /// Whether text is put into lower case, as Python's `str.lower` does; never so for bytes.
  public let lower: Bool
  /// The characters that separate words, beside the space; empty where tokens are no words.
  public let filters: String
  /// Whether each sequence begins with the start id.
  public let start: Bool
  /// Whether ids are those of Keras's `Tokenizer`: tokens from 1, no start, unknown tokens left out.
  public let kerasIDs: Bool
  /// With Keras's ids: the name of the token that stands for unknown ones, which then has id 1.
  public let unknownToken: String?

  /// Rules that don't apply to the mode are dropped: filters but for words, lower case for bytes, the
  /// start with Keras's ids, and the unknown token's name without them.
  public init(
    mode: TokenMode = .word, lower: Bool = true, filters: String = kerasFilters, start: Bool = true,
    kerasIDs: Bool = false, unknownToken: String? = nil
  ) {
    self.mode = mode
    self.lower = lower && mode != .byte
    self.filters = mode == .word ? filters : ""
    self.start = start && !kerasIDs
    self.kerasIDs = kerasIDs
    self.unknownToken = kerasIDs ? unknownToken : nil
  }

  /// The id that padding has, whatever the rules.
  public static let paddingID: Int32 = 0
  /// The id that begins a sequence, nil where nothing does.
  public var startID: Int32? { start ? 1 : nil }
  /// The id of tokens that the vocabulary doesn't have, nil where they are left out.
  public var unknownID: Int32? { kerasIDs ? unknownToken.map { _ in 1 } : 2 }
  /// The id of the vocabulary's first token.
  public var firstID: Int { kerasIDs ? (unknownToken == nil ? 1 : 2) : 3 }
}
