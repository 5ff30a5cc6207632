// A vocabulary from a tokenizer.json of Hugging Face: of the WordLevel kind, a word for each id, or of the BPE kind
// (BytePairs/BytePairFile.swift).

import Failures
import JSON

/// The vocabulary of a tokenizer.json.
public struct TokenizerFile {
  /// The words and the rules.
  public let vocabulary: Vocabulary
  /// How ids differ from those of the file; nil if they are the same.
  public let note: String?

  /// - Throws: `Failure` (data) naming what rnnpipe doesn't support: another kind of model, normalizer or pre-tokenizer.
  public init(_ json: JSONValue, named name: String) throws(Failure) {
    do throws(Failure) {
      guard let object = json.object, let model = object["model"]?.object else {
        throw Failure.data("is JSON, but not a tokenizer.json", remedy: "name a file with one token per line")
      }
      let kind = model["type"]?.string ?? "unknown"
      if kind == "BPE" {
        vocabulary = try BytePairFile(object, model).vocabulary(lower: Self.lower(object["normalizer"]))
        note = "padding is 0, start 1, unknown 2, and the tokens of the file follow in order"
        return
      }
      guard kind == "WordLevel" else {
        throw Failure.data(
          "its tokens are of the kind \(kind); WordLevel and BPE are supported",
          remedy: "build a vocabulary from the text: omit --vocab")
      }
      let lower = try Self.lower(object["normalizer"])
      try Self.checkSplit(object["pre_tokenizer"])
      let words = try Self.words(model)
      let special = Self.special(object, model)
      (vocabulary, note) = try Self.vocabulary(words, special, unknown: model["unk_token"]?.string, lower)
    } catch {
      throw error.placed(at: name)
    }
  }

  /// Whether the normalizer is lower case; only that or no normalizer is supported.
  private static func lower(_ value: JSONValue?) throws(Failure) -> Bool {
    guard let normalizer = value?.object else { return false }
    let kind = normalizer["type"]?.string ?? "unknown"
    if kind == "Lowercase" { return true }
    if kind == "Sequence" {
      var lower = false
      for part in normalizer["normalizers"]?.array ?? [] { lower = try Self.lower(part) || lower }
      return lower
    }
    throw Failure.data("its normalizer \(kind) is not supported", remedy: "Lowercase is")
  }

  private static func checkSplit(_ value: JSONValue?) throws(Failure) {
    let kind = value?.object?["type"]?.string ?? "none"
    guard kind == "WhitespaceSplit" else {
      throw Failure.data("its pre-tokenizer \(kind) is not supported", remedy: "WhitespaceSplit is")
    }
  }

  /// The words in the order of their ids, which must be the numbers from 0 on.
  private static func words(_ model: [String: JSONValue]) throws(Failure) -> [String] {
    guard let vocabulary = model["vocab"]?.object else { throw Failure.data("has no vocabulary") }
    var words = [String?](repeating: nil, count: vocabulary.count)
    for (word, id) in vocabulary {
      guard let id = id.int, words.indices.contains(id), words[id] == nil else {
        throw Failure.data("the ids of its \(vocabulary.count) tokens are not the numbers from 0 on")
      }
      words[id] = word
    }
    return words.compactMap { $0 }
  }

  /// The tokens that are not words of a text.
  private static func special(_ object: [String: JSONValue], _ model: [String: JSONValue]) -> Set<String> {
    let added =
      object["added_tokens"]?.array?.compactMap(\.object).filter { $0["special"]?.bool ?? false } ?? []
    let named = [model["unk_token"]?.string, "[PAD]", "<pad>"].compactMap { $0 }
    return Set(added.compactMap { $0["content"]?.string } + named)
  }

  private static func vocabulary(
    _ words: [String], _ special: Set<String>, unknown: String?, _ lower: Bool
  ) throws(Failure) -> (Vocabulary, String?) {
    // Padding 0, unknown 1 and words from 2 are also Keras's ids with a token for unknown words.
    let isSame =
      words.count > 2 && special.contains(words[0]) && words[1] == unknown
      && !words.dropFirst(2).contains(where: special.contains)
    let rules = TokenRules(
      lower: lower, filters: "\t\n\r\u{0B}\u{0C}", start: !isSame, kerasIDs: isSame,
      unknownToken: isSame ? unknown : nil)
    let tokens = words.filter { !special.contains($0) }.map { Array($0.utf8)[...] }
    let note =
      "special tokens of the file are replaced: padding is 0, start 1, unknown 2, and its words follow in order"
    return (try Vocabulary(rules: rules, tokens: tokens), isSame ? nil : note)
  }
}
