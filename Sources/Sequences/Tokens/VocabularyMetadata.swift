// Vocabularies in a stream's header: `rnn.vocabulary` in the metadata, with which raw text is read, and the tokens in
// side tensors. Further ones have names: `rnn.vocabulary.chars` for the characters of words, `rnn.vocabulary.target`
// for another language.

import Failures
import JSON
import Tensor
import TensorFile

extension Vocabulary {
  private static let key = "rnn.vocabulary"

  /// Reads a vocabulary of a stream or a model; nil if it has none.
  /// - Parameter name: the name of a further vocabulary; nil for the one with which raw text is read.
  /// - Throws: `Failure` if it can't be read.
  public init?(header: StreamHeader, name: String? = nil) throws {
    let key = Self.key(name)
    guard let object = try header.object(key) else { return nil }
    guard let rules = TokenRules(json: object), let tokens = try header.sideNames(key) else {
      throw damagedMetadata(key)
    }
    try self.init(rules: rules, tokens: tokens, merges: Self.merges(header, rules, key))
    guard object["size"]?.int ?? size == size else { throw damagedMetadata(key) }
  }

  /// The merges of a vocabulary of subwords.
  private static func merges(_ header: StreamHeader, _ rules: TokenRules, _ key: String) throws -> [TokenPair]
  {
    guard rules.mode == .bpe else { return [] }
    guard let numbers = header.side["\(key).merges"]?.values(as: Int32.self), numbers.count % 2 == 0 else {
      throw damagedMetadata(key)
    }
    return stride(from: 0, to: numbers.count, by: 2).map {
      TokenPair(left: numbers[$0], right: numbers[$0 + 1])
    }
  }

  /// Writes the vocabulary into a header.
  /// - Parameter name: the name of a further vocabulary.
  public func write(into header: inout StreamHeader, name: String? = nil) {
    let key = Self.key(name)
    var object = rules.json
    object["size"] = .integer(Int64(size))
    header.metadata[key] = JSONValue.object(object).text
    header.setSideNames(key, values: table.values, lengths: table.lengths)
    guard let pairs else { return }
    header.side["\(key).merges"] = Tensor(
      pairs.merges.flatMap { [$0.left, $0.right] }, shape: [pairs.merges.count, 2])
  }

  private static func key(_ name: String?) -> String { name.map { "\(key).\($0)" } ?? key }

  /// The further vocabularies of a stream or a model, by name.
  /// - Throws: `Failure` if one can't be read.
  public static func named(header: StreamHeader) throws -> [String: Vocabulary] {
    var result: [String: Vocabulary] = [:]
    for key in header.metadata.keys where key.hasPrefix("\(Self.key).") {
      let name = String(key.dropFirst(Self.key.count + 1))
      result[name] = try Vocabulary(header: header, name: name)
    }
    return result
  }

  /// Removes all vocabularies from a header.
  public static func remove(from header: inout StreamHeader) {
    header.metadata = header.metadata.filter { $0.key != key && !$0.key.hasPrefix("\(key).") }
    header.side = header.side.filter { !$0.key.hasPrefix("\(key).") }
  }

  /// A short description of how this vocabulary differs from `other`; nil if they are equal.
  public func difference(from other: Vocabulary) -> String? {
    if let text = rules.difference(from: other.rules) { return text }
    if size != other.size { return "\(size) ids instead of \(other.size)" }
    guard self != other else { return nil }
    let index = (0..<table.count).first { table[$0] != other.table[$0] } ?? 0
    let names = [table, other.table].map { "\"\(String(decoding: $0[index], as: UTF8.self))\"" }
    return "id \(index + rules.firstID) is \(names[0]) instead of \(names[1])"
  }
}

extension Vocabulary: Equatable {
  /// Whether the rules and all tokens are the same.
  public static func == (left: Vocabulary, right: Vocabulary) -> Bool {
    left.rules == right.rules && left.table.values == right.table.values
      && left.table.lengths == right.table.lengths && left.pairs == right.pairs
  }
}

extension TokenRules {
  /// The rules in the metadata; nil if they are damaged.
  init?(json object: [String: JSONValue]) {
    guard let mode = object["mode"]?.string.flatMap(TokenMode.init), let lower = object["lower"]?.bool,
      let filters = object["filters"]?.string, let start = object["start"]?.bool,
      let kerasIDs = object["keras_ids"]?.bool
    else { return nil }
    self.init(
      mode: mode, lower: lower, filters: filters, start: start, kerasIDs: kerasIDs,
      unknownToken: object["unknown_token"]?.string, end: object["end"]?.bool ?? false,
      prefixSpace: object["prefix_space"]?.bool ?? true)
  }

  /// The rules as a JSON object.
  var json: [String: JSONValue] {
    var object: [String: JSONValue] = [
      "mode": .string(mode.rawValue), "lower": .bool(lower), "filters": .string(filters),
      "start": .bool(start), "keras_ids": .bool(kerasIDs),
    ]
    if let unknownToken { object["unknown_token"] = .string(unknownToken) }
    if end { object["end"] = true }
    if mode == .bpe { object["prefix_space"] = .bool(prefixSpace) }
    return object
  }

  fileprivate func difference(from other: TokenRules) -> String? {
    if mode != other.mode { return "--mode \(mode.rawValue) instead of \(other.mode.rawValue)" }
    if kerasIDs != other.kerasIDs { return "ids \(kerasIDs ? "with" : "without") --keras-ids" }
    if lower != other.lower { return "text \(lower ? "in" : "not in") lower case" }
    if start != other.start { return "sequences \(start ? "with" : "without") the start id" }
    if end != other.end { return "sequences \(end ? "with" : "without") the end id" }
    if filters != other.filters { return "different --filters" }
    return self != other ? "a different --oov-token" : nil
  }
}
