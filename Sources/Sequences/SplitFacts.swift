// What a split stream says of how it was split.

import Failures
import JSON
import TensorFile

/// What a stream knows of its split (`rnn.split`).
public struct SplitFacts: Sendable, Equatable {
  /// `random`, `stratified` or `chronological`.
  public var method: String
  /// Rows of train, validation and test when the split was made.
  public var parts: [Int]
  /// The seed, where chance had a part in it.
  public var seed: UInt64?

  /// The facts of a split just made.
  public init(method: String, parts: [Int], seed: UInt64?) {
    (self.method, self.parts, self.seed) = (method, parts, seed)
  }

  /// Reads `rnn.split`; nil where the stream has none.
  public init?(header: StreamHeader) throws {
    guard let facts = try header.facts("rnn.split") else { return nil }
    guard let method = facts["method"]?.string, let parts = facts["parts"]?.array?.compactMap(\.int) else {
      throw damaged("rnn.split")
    }
    self.init(method: method, parts: parts, seed: facts["seed"]?.string.flatMap { UInt64($0) })
    if let seed = facts["seed"]?.int, seed >= 0 { self.seed = UInt64(seed) }
  }

  /// Writes `rnn.split` = `{"method":"random","parts":[800,0,200],"seed":42}`; a seed above 2^63 as a string.
  public func write(into header: inout StreamHeader) {
    var facts: [String: JSONValue] = [
      "method": .string(method), "parts": .array(parts.map { .integer(Int64($0)) }),
    ]
    if let seed { facts["seed"] = Int64(exactly: seed).map { .integer($0) } ?? .string(String(seed)) }
    header.metadata["rnn.split"] = JSONValue.object(facts).text
  }
}
