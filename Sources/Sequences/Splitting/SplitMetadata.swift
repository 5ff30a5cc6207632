// The metadata of a split.

import Failures
import JSON
import TensorFile

/// How a stream was split (`rnn.split`).
public struct SplitMetadata: Sendable, Equatable {
  /// `random`, `stratified` or `chronological`.
  public var method: String
  /// The number of training, validation and test rows at the time of the split.
  public var parts: [Int]
  /// The seed of a random split.
  public var seed: UInt64?

  /// The metadata of a new split.
  public init(method: String, parts: [Int], seed: UInt64?) {
    (self.method, self.parts, self.seed) = (method, parts, seed)
  }

  /// Reads `rnn.split`; nil if the stream has none.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object("rnn.split") else { return nil }
    guard let method = object["method"]?.string, let parts = object["parts"]?.array?.compactMap(\.int) else {
      throw damagedMetadata("rnn.split")
    }
    self.init(method: method, parts: parts, seed: object["seed"]?.string.flatMap { UInt64($0) })
    if let seed = object["seed"]?.int, seed >= 0 { self.seed = UInt64(seed) }
  }

  /// Writes `rnn.split` = `{"method":"random","parts":[800,0,200],"seed":42}`; a seed above 2^63 as a string.
  public func write(into header: inout StreamHeader) {
    var object: [String: JSONValue] = [
      "method": .string(method), "parts": .array(parts.map { .integer(Int64($0)) }),
    ]
    if let seed { object["seed"] = Int64(exactly: seed).map { .integer($0) } ?? .string(String(seed)) }
    header.metadata["rnn.split"] = JSONValue.object(object).text
  }
}
