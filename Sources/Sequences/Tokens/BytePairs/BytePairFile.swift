// Subwords from a tokenizer.json of Hugging Face, of the BPE kind over bytes, as GPT-2 has it: characters stand for
// bytes, and pieces of text are those of GPT-2's regular expression.

import Failures
import JSON

/// Reads the tokens and merges of a BPE model.
struct BytePairFile {
  private let object: [String: JSONValue]
  private let model: [String: JSONValue]

  init(_ object: [String: JSONValue], _ model: [String: JSONValue]) {
    (self.object, self.model) = (object, model)
  }

  /// The vocabulary; its tokens follow in the order of the file, without special ones.
  /// - Throws: `Failure` (data) naming what rnnpipe can't do.
  func vocabulary(lower: Bool) throws(Failure) -> Vocabulary {
    try checkModel()
    let prefix = try prefixesSpace()
    let tokens = try tokens()
    let rules = TokenRules(mode: .bpe, lower: lower, prefixSpace: prefix)
    return try Vocabulary(rules: rules, tokens: tokens.map { $0[...] }, merges: try merges(tokens))
  }

  private func checkModel() throws(Failure) {
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      guard let text = model[key]?.string, !text.isEmpty else { continue }
      throw Failure.data("its subwords have a \(key), which is not supported", remedy: "byte-level BPE is")
    }
    for key in ["byte_fallback", "ignore_merges"] where model[key]?.bool == true {
      throw Failure.data("\(key) is not supported", remedy: "byte-level BPE is")
    }
  }

  /// Whether the pre-tokenizer begins a text with a space; it must be GPT-2's.
  private func prefixesSpace() throws(Failure) -> Bool {
    let splitter = object["pre_tokenizer"]?.object ?? [:]
    guard splitter["type"]?.string == "ByteLevel", splitter["use_regex"]?.bool ?? true else {
      throw Failure.data(
        "its pre-tokenizer \(splitter["type"]?.string ?? "none") is not supported", remedy: "ByteLevel is")
    }
    return splitter["add_prefix_space"]?.bool ?? true
  }

  private func tokens() throws(Failure) -> [[UInt8]] {
    guard let vocabulary = model["vocab"]?.object else { throw Failure.data("has no vocabulary") }
    let special = Set(
      object["added_tokens"]?.array?.compactMap(\.object).compactMap { $0["content"]?.string } ?? [])
    let known = vocabulary.filter { !special.contains($0.key) }
    let order = known.sorted { ($0.value.int ?? .max, $0.key) < ($1.value.int ?? .max, $1.key) }
    var tokens: [[UInt8]] = []
    for (token, _) in order {
      guard let bytes = ByteAlphabet.bytes(of: token) else {
        throw Failure.data(
          "the token \"\(token)\" does not stand for bytes", remedy: "byte-level BPE is supported")
      }
      tokens.append(bytes)
    }
    return tokens
  }

  private func merges(_ tokens: [[UInt8]]) throws(Failure) -> [TokenPair] {
    let numbers = Dictionary(tokens.enumerated().map { ($1, Int32($0)) }) { first, _ in first }
    var pairs: [TokenPair] = []
    for (index, merge) in (model["merges"]?.array ?? []).enumerated() {
      let parts =
        merge.array?.compactMap(\.string) ?? merge.string?.split(separator: " ").map(String.init) ?? []
      let found = parts.compactMap { ByteAlphabet.bytes(of: $0).flatMap { numbers[$0] } }
      guard parts.count == 2, found.count == 2 else {
        throw Failure.data("merge \(index + 1) is not of two tokens of its vocabulary")
      }
      pairs.append(TokenPair(left: found[0], right: found[1]))
    }
    return pairs
  }
}
