// The tokens that have ids, and text's way to ids and back.

import Failures
import Tensor
import TensorFile

/// Tokens in the order of their ids, and the rules by which text is cut into tokens.
public struct Vocabulary: Sendable {
  /// How text is cut and which ids are reserved.
  public let rules: TokenRules
  let table: TokenTable

  /// - Parameter tokens: the tokens from `rules.firstID` on, as the rules leave them (in lower case, say).
  /// - Throws: `Failure` where there is no token, or one is empty or occurs twice.
  public init(rules: TokenRules, tokens: some Sequence<ArraySlice<UInt8>>) throws(Failure) {
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
  }

  /// How many ids there are, the reserved ones included: all ids are below it, and an embedding needs as
  /// many rows.
  public var size: Int { rules.firstID + table.count }

  /// How many tokens have ids, the reserved ones not counted.
  public var count: Int { table.count }
}

// MARK: - Lookup

extension Vocabulary {
  /// The id of `token` as the rules leave it; nil where it has none.
  public func id(of token: String) -> Int32? {
    id(of: Array(token.utf8)[...])
  }

  /// The id of the token that is all of `bytes`; nil where it has none.
  func id(of bytes: ArraySlice<UInt8>) -> Int32? {
    let index = table.find(bytes)
    return index < 0 ? nil : index + Int32(rules.firstID)
  }

  /// The token whose id is `id`; nil for reserved ids and for those beyond the vocabulary. A token of a
  /// byte vocabulary that is no UTF-8 by itself reads U+FFFD.
  public func token(_ id: Int32) -> String? {
    bytes(of: id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The text of `ids`: words with spaces between them, characters and bytes without. Padding and start
  /// are left out; an unknown token reads U+FFFD.
  public func text(of ids: some Sequence<Int32>) -> String {
    let unknown = Array("\u{FFFD}".utf8)
    let tokens = ids.filter { $0 != TokenRules.paddingID && $0 != rules.startID }
      .map { bytes(of: $0) ?? unknown[...] }
    let separator: [UInt8] = rules.mode == .word ? [UInt8(ascii: " ")] : []
    return String(decoding: Array(tokens.joined(separator: separator)), as: UTF8.self)
  }

  private func bytes(of id: Int32) -> ArraySlice<UInt8>? {
    let index = Int(id) - rules.firstID
    return (0..<table.count).contains(index) ? table[index] : nil
  }
}

// MARK: - Tokenising

extension Vocabulary {
  /// The ids of `text`, UTF-8: the start where there is one, then each token's. Bytes that are no UTF-8 are
  /// taken for U+FFFD, except in a vocabulary of bytes.
  public func tokenise(_ text: [UInt8]) -> [Int32] {
    var encoder = TokenEncoder(self)
    encoder.append(text.span)
    return encoder.ids
  }

  /// The ids of each row of `text` (U8), as I32 rows. The result does not depend on `threads`.
  public func tokenise(_ text: Ragged, threads: Int = 1) throws(Failure) -> Ragged {
    let bytes = try text.textBytes()
    let offsets = text.offsets
    let shares = text.shares(threads)
    let parts = concurrently(shares.count) { share in
      var encoder = TokenEncoder(self)
      for row in shares[share] { encoder.append(bytes.span.extracting(offsets[row]..<offsets[row + 1])) }
      return encoder
    }
    let values = parts.count == 1 ? parts[0].ids : Array(parts.map(\.ids).joined())
    return Ragged(values: Tensor(values), lengths: parts.flatMap(\.lengths))
  }
}

/// Appends rows' ids one after another.
private struct TokenEncoder: Sendable {
  private let vocabulary: Vocabulary
  private var cutter: TokenCutter
  private(set) var ids: [Int32] = []
  private(set) var lengths: [Int32] = []

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    cutter = TokenCutter(vocabulary.rules)
  }

  mutating func append(_ row: Span<UInt8>) {
    cutter.cut(row, by: vocabulary.table)
    let (before, places, rules) = (ids.count, cutter.places, vocabulary.rules)
    let (firstID, unknownID) = (Int32(rules.firstID), rules.unknownID)
    ids.append(addingCapacity: places.count + 1) { ids in
      if let start = rules.startID { ids.append(start) }
      for place in places {
        if place >= 0 { ids.append(place + firstID) } else if let unknownID { ids.append(unknownID) }
      }
    }
    lengths.append(Int32(ids.count - before))
  }
}
