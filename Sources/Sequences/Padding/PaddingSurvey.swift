// A first pass over sequences that are to be padded: the length of the longest one, and which columns have the steps of
// the main one.

import Failures
import TensorFile

/// The lengths of a stream's sequences.
public struct PaddingSurvey: Sendable {
  /// The longest sequence of the main column.
  public private(set) var longest = 0
  /// The longest sequences of columns whose rows have other lengths than those of the main column.
  public var others: [String: Int] { longests.filter { !aligned.contains($0.key) } }
  private var longests: [String: Int] = [:]
  /// The longest sequence of a column besides the main one; nil if there is no such column.
  public func longest(of column: String) -> Int? { longests[column] }
  private var aligned: Set<String> = []

  /// A survey of no rows.
  public init() {}

  /// Whether columns besides the main one and its targets decide about their length, which takes a first pass.
  public static func isNeeded(for schema: [String: ColumnSchema]) -> Bool {
    let main = PaddedColumns.main(among: schema.keys)
    return schema.contains { name, column in
      column.isRagged && column.type != .u8 && name != main && !(name == "y" && main == "x")
    }
  }

  /// Adds the rows of a chunk.
  /// - Throws: `Failure` (data) if there is nothing to pad.
  public mutating func add(_ chunk: Chunk) throws(Failure) {
    let main = try chunk.mainSequences().lengths
    longest = max(longest, Int(main.max() ?? 0))
    for (name, rows) in chunk.furtherSequences {
      if longests[name] == nil { aligned.insert(name) }
      longests[name] = max(longests[name] ?? 0, Int(rows.lengths.max() ?? 0))
      if rows.lengths != main { aligned.remove(name) }
    }
  }
}
