// A vocabulary in a stream's header: `rnn.vocabulary` in the metadata and the tokens in side tensors.

import Failures
import JSON
import TensorFile

extension Vocabulary {
  private static let key = "rnn.vocabulary"

  /// Reads a stream's or a model's vocabulary; nil where it has none.
  /// - Throws: `Failure` where it can't be read.
  public init?(header: StreamHeader) throws {
    guard let facts = try header.facts(Self.key) else { return nil }
    guard let rules = TokenRules(facts: facts), let tokens = try header.sideNames(Self.key) else {
      throw damaged(Self.key)
    }
    try self.init(rules: rules, tokens: tokens)
    guard facts["size"]?.int ?? size == size else { throw damaged(Self.key) }
  }

  /// Writes the vocabulary into a header.
  public func write(into header: inout StreamHeader) {
    var facts = rules.facts
    facts["size"] = .integer(Int64(size))
    header.metadata[Self.key] = JSONValue.object(facts).text
    header.setSideNames(Self.key, values: table.values, lengths: table.lengths)
  }

  /// In what this vocabulary differs from `other`, in a few words; nil where they are equal.
  public func difference(from other: Vocabulary) -> String? {
    if let text = rules.difference(from: other.rules) { return text }
    if size != other.size { return "\(size) ids against \(other.size)" }
    guard self != other else { return nil }
    let index = (0..<table.count).first { table[$0] != other.table[$0] } ?? 0
    let names = [table, other.table].map { "\"\(String(decoding: $0[index], as: UTF8.self))\"" }
    return "id \(index + rules.firstID) is \(names[0]) against \(names[1])"
  }
}

extension Vocabulary: Equatable {
  /// Whether the rules and all tokens with their ids are the same.
  public static func == (left: Vocabulary, right: Vocabulary) -> Bool {
    left.rules == right.rules && left.table.values == right.table.values
      && left.table.lengths == right.table.lengths
  }
}

extension TokenRules {
  /// The rules as the vocabulary's facts hold them; nil where they don't.
  init?(facts: [String: JSONValue]) {
    guard let mode = facts["mode"]?.string.flatMap(TokenMode.init), let lower = facts["lower"]?.bool,
      let filters = facts["filters"]?.string, let start = facts["start"]?.bool,
      let kerasIDs = facts["keras_ids"]?.bool
    else { return nil }
    self.init(
      mode: mode, lower: lower, filters: filters, start: start, kerasIDs: kerasIDs,
      unknownToken: facts["unknown_token"]?.string)
  }

  var facts: [String: JSONValue] {
    var facts: [String: JSONValue] = [
      "mode": .string(mode.rawValue), "lower": .bool(lower), "filters": .string(filters),
      "start": .bool(start), "keras_ids": .bool(kerasIDs),
    ]
    if let unknownToken { facts["unknown_token"] = .string(unknownToken) }
    return facts
  }

  fileprivate func difference(from other: TokenRules) -> String? {
    if mode != other.mode { return "tokens of mode \(mode.rawValue) against \(other.mode.rawValue)" }
    if kerasIDs != other.kerasIDs { return "ids \(kerasIDs ? "with" : "without") --keras-ids" }
    if lower != other.lower { return "text \(lower ? "in lower case" : "in its own case")" }
    if start != other.start { return "sequences \(start ? "with" : "without") the start id" }
    if filters != other.filters { return "other --filters" }
    return self != other ? "another --oov-token" : nil
  }
}
