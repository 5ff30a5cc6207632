// A vocabulary: tokens and their ids, and the conversion of text to ids and back.

import Failures
import Tensor
import TensorFile

/// Tokens in the order of their ids, and the rules for tokenizing text.
public struct Vocabulary: Sendable {
  /// How text is tokenized and which ids are reserved.
  public let rules: TokenRules
  let table: TokenTable
  /// How bytes become the tokens, for `TokenMode.bpe`.
  let pairs: BytePairs?

  /// - Parameter tokens: the tokens from `rules.firstID` on, normalized (in lower case, for example).
  /// - Throws: `Failure` if there are no tokens, or if one is empty or repeated.
  public init(rules: TokenRules, tokens: some Sequence<ArraySlice<UInt8>>) throws(Failure) {
    try self.init(rules: rules, tokens: tokens, merges: [])
  }

  /// - Parameters:
  ///   - tokens: the tokens from `rules.firstID` on, normalized (in lower case, for example).
  ///   - merges: pairs of tokens, by their numbers from 0, that are merged, for `TokenMode.bpe`.
  /// - Throws: `Failure` if there are no tokens, if one is empty or repeated, or if the merges don't fit.
  init(rules: TokenRules, tokens: some Sequence<ArraySlice<UInt8>>, merges: [TokenPair]) throws(Failure) {
    var table = TokenTable()
    for (index, token) in tokens.enumerated() where token.isEmpty || table.insert(token) != index {
      let text = String(decoding: token, as: UTF8.self)
      throw Failure.data(
        token.isEmpty ? "token \(index + 1) is empty" : "token \(index + 1), \"\(text)\", occurs twice",
        at: "vocabulary")
    }
    guard table.count > 0 else { throw Failure.data("has no tokens", at: "vocabulary") }
    self.rules = rules
    self.table = table
    pairs = rules.mode == .bpe ? try BytePairs(merges, tokens: table) : nil
  }

  /// The same tokens with other rules, such as other reserved ids.
  public func with(rules: TokenRules) throws(Failure) -> Vocabulary {
    try Vocabulary(rules: rules, tokens: (0..<table.count).map { table[$0] }, merges: pairs?.merges ?? [])
  }

  /// The number of ids, including the reserved ones; an embedding needs as many rows.
  public var size: Int { rules.firstID + table.count }

  /// The number of tokens, without the reserved ids.
  public var count: Int { table.count }

  /// Whether most words of languages without spaces between words are whole sentences: text of such languages was cut at
  /// spaces.
  public var hasUncutWords: Bool {
    guard rules.mode == .word else { return false }
    var (words, long) = (0, 0)
    for index in 0..<table.count where table[index].contains(where: { $0 >= 0xE0 }) {
      let scalars = String(decoding: table[index], as: UTF8.self).unicodeScalars.count {
        Self.isUnspaced($0.value)
      }
      words += scalars > 0 ? 1 : 0
      long += scalars > 4 ? 1 : 0
    }
    return long > 0 && long * 2 >= words
  }

  /// Whether a scalar belongs to Thai, Lao, Burmese, Khmer, kana or Chinese characters.
  static func isUnspaced(_ scalar: UInt32) -> Bool {
    [0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x9FFF, 0x20000...0x323AF]
      .contains {
        ($0 as ClosedRange<UInt32>).contains(scalar)
      }
  }
}

// MARK: - Lookup

extension Vocabulary {
  /// The id of the normalized `token`; nil if it has none.
  public func id(of token: String) -> Int32? {
    id(of: Array(token.utf8)[...])
  }

  /// The id of the token `bytes`; nil if it has none.
  func id(of bytes: ArraySlice<UInt8>) -> Int32? {
    let index = table.find(bytes)
    return index < 0 ? nil : index + Int32(rules.firstID)
  }

  /// The token with the id `id`; nil for reserved ids and ids out of range. A token of a byte vocabulary that
  /// is not valid UTF-8 by itself is returned as U+FFFD.
  public func token(_ id: Int32) -> String? {
    bytes(of: id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The text of `ids`: words separated by spaces, or concatenated characters, bytes or subwords. Padding, start and
  /// end ids are omitted.
  /// - Parameter unknown: what unknown tokens become.
  public func text(of ids: some Sequence<Int32>, unknown: String = "\u{FFFD}") -> String {
    let unknown = (rules.mode == .punct ? [UInt8(ascii: " ")] : []) + Array(unknown.utf8)
    let tokens = ids.filter { $0 != TokenRules.paddingID && $0 != rules.startID && $0 != rules.endID }
      .map { bytes(of: $0) ?? unknown[...] }
    return joined(tokens)
  }

  /// A text as it would be if all its tokens were known and put together again: in lower case and without filtered
  /// characters, for example, as far as the rules say so.
  /// - Throws: `Failure` (internal error) if ICU can't find the words of the text.
  public func cleaned(_ text: String) throws(Failure) -> String {
    var tokenizer = Tokenizer(rules)
    var known = TokenTable()
    let bytes = Array(text.utf8)
    tokenizer.tokenize(bytes.span, into: &known)
    try tokenizer.checkWords()
    return joined(tokenizer.entries.map { known[Int($0)] })
  }

  private func joined(_ tokens: [ArraySlice<UInt8>]) -> String {
    let space = UInt8(ascii: " ")
    let text = Array(tokens.joined(separator: rules.mode.keepsSpaces ? [] : [space]))
    // The space before the first word was added when the text was tokenized.
    return String(decoding: text.dropFirst(rules.prefixSpace && text.first == space ? 1 : 0), as: UTF8.self)
  }

  /// A token for display: without the space before it, and reserved ids by name; nil for ids out of range.
  public func label(_ id: Int32) -> String? {
    switch id {
    case TokenRules.paddingID: return "<pad>"
    case rules.startID: return "<start>"
    case rules.endID: return "<end>"
    case rules.unknownID: return "<unk>"
    default:
      guard let token = token(id) else { return nil }
      return rules.mode.hasPieces && token.count > 1 && token.first == " " ? String(token.dropFirst()) : token
    }
  }

  /// The bytes of the token with the id `id`; nil for reserved ids and ids out of range.
  public func bytes(of id: Int32) -> ArraySlice<UInt8>? {
    let index = Int(id) - rules.firstID
    return (0..<table.count).contains(index) ? table[index] : nil
  }
}

// MARK: - Tokenizing

extension Vocabulary {
  /// The ids of the UTF-8 `text`: the start id if there is one, then those of its tokens. Invalid UTF-8 is
  /// read as U+FFFD, except in a byte vocabulary.
  /// - Throws: `Failure` (internal error) if ICU can't find the words of the text.
  public func tokenize(_ text: [UInt8]) throws(Failure) -> [Int32] {
    var encoder = TokenEncoder(self)
    encoder.append(text.span)
    try encoder.check()
    return encoder.ids
  }

  /// The ids of each row of `text` (U8), as I32 rows. The result does not depend on `threads`.
  public func tokenize(_ text: Ragged, threads: Int = 1) throws(Failure) -> Ragged {
    let bytes = try text.textBytes()
    let offsets = text.offsets
    let shares = text.shares(threads)
    let parts = concurrently(shares.count) { share in
      var encoder = TokenEncoder(self)
      for row in shares[share] { encoder.append(bytes.span.extracting(offsets[row]..<offsets[row + 1])) }
      return encoder
    }
    for part in parts { try part.check() }
    let values = parts.count == 1 ? parts[0].ids : Array(parts.map(\.ids).joined())
    return Ragged(values: Tensor(values), lengths: parts.flatMap(\.lengths))
  }
}

/// Tokenizes rows and collects their ids.
private struct TokenEncoder: Sendable {
  private let vocabulary: Vocabulary
  private var tokenizer: Tokenizer
  private var subwords: BytePairEncoder?
  private(set) var ids: [Int32] = []
  private(set) var lengths: [Int32] = []

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    tokenizer = Tokenizer(vocabulary.rules)
    subwords = vocabulary.pairs.map(BytePairEncoder.init)
  }

  /// Throws `Failure` (internal error) if the ids of a row are not complete.
  func check() throws(Failure) { try tokenizer.checkWords() }

  mutating func append(_ row: Span<UInt8>) {
    let before = ids.count
    if subwords != nil { appendSubwords(row) } else { appendTokens(row) }
    if let end = vocabulary.rules.endID { ids.append(end) }
    lengths.append(Int32(ids.count - before))
  }

  private mutating func appendTokens(_ row: Span<UInt8>) {
    tokenizer.tokenize(row, with: vocabulary.table)
    let (entries, rules) = (tokenizer.entries, vocabulary.rules)
    let (firstID, unknownID) = (Int32(rules.firstID), rules.unknownID)
    ids.append(addingCapacity: entries.count + 2) { ids in
      if let start = rules.startID { ids.append(start) }
      for entry in entries {
        if entry >= 0 { ids.append(entry + firstID) } else if let unknownID { ids.append(unknownID) }
      }
    }
  }

  private mutating func appendSubwords(_ row: Span<UInt8>) {
    let rules = vocabulary.rules
    if let start = rules.startID { ids.append(start) }
    subwords?.forEachToken(of: row, &tokenizer) { token in
      if let id = token >= 0 ? token + Int32(rules.firstID) : rules.unknownID { ids.append(id) }
    }
  }
}
