// How text is tokenized, and which ids are reserved: everything about a vocabulary except its tokens.

/// The rules for turning text into token ids. The defaults for text are those of Keras's `Tokenizer`; the
/// reserved ids are those of `keras.datasets.imdb`: padding 0, start 1, unknown 2.
public struct TokenRules: Sendable, Equatable {
  /// The characters that Keras's `Tokenizer` treats as spaces; the apostrophe is not one of them.
  public static let kerasFilters = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n"

  /// The unit of tokenization.
  public let mode: TokenMode
  /// Whether text is lowercased, as by Python's `str.lower`; false for bytes.
  public let lower: Bool
  /// The characters that separate words, besides the space; empty if tokens are not words.
  public let filters: String
  /// Whether each sequence begins with the start id.
  public let start: Bool
  /// Whether ids are those of Keras's `Tokenizer`: tokens from 1, no start id, unknown tokens omitted.
  public let kerasIDs: Bool
  /// With Keras's ids: the name of the token for unknown tokens, which then has id 1.
  public let unknownToken: String?
  /// Whether each sequence ends with the end id; tokens then begin with id 4.
  public let end: Bool
  /// Whether the first word of a text is the same token as after a space; always true for `TokenMode.punct`.
  public let prefixSpace: Bool

  /// Rules that don't apply are ignored: filters except for words, lower case for bytes, the start and end ids with
  /// Keras's ids, and the unknown token's name without them.
  public init(
    mode: TokenMode = .word, lower: Bool = true, filters: String = kerasFilters, start: Bool = true,
    kerasIDs: Bool = false, unknownToken: String? = nil, end: Bool = false, prefixSpace: Bool = true
  ) {
    self.mode = mode
    self.lower = lower && mode != .byte
    self.filters = mode == .word ? filters : ""
    self.start = start && !kerasIDs
    self.kerasIDs = kerasIDs
    self.unknownToken = kerasIDs ? unknownToken : nil
    self.end = end && !kerasIDs
    self.prefixSpace = mode == .punct || mode == .bpe && prefixSpace
  }

  /// The id of padding, whatever the rules.
  public static let paddingID: Int32 = 0
  /// The id at the start of a sequence; nil if there is none.
  public var startID: Int32? { start ? 1 : nil }
  /// The id at the end of a sequence; nil if there is none.
  public var endID: Int32? { end ? 3 : nil }
  /// The id of tokens that are not in the vocabulary; nil if they are omitted.
  public var unknownID: Int32? { kerasIDs ? unknownToken.map { _ in 1 } : 2 }
  /// The id of the vocabulary's first token.
  public var firstID: Int { kerasIDs ? (unknownToken == nil ? 1 : 2) : end ? 4 : 3 }

  /// The same rules, with or without start and end ids.
  public func with(start: Bool, end: Bool) -> TokenRules {
    TokenRules(
      mode: mode, lower: lower, filters: filters, start: start, kerasIDs: kerasIDs,
      unknownToken: unknownToken,
      end: end, prefixSpace: prefixSpace)
  }
}
