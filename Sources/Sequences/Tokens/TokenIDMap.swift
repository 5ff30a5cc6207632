// Maps the provisional ids that tokens got while they were counted to the ids of the vocabulary, so that text
// is tokenized only once.

import Failures
import Tensor
import TensorFile

/// The vocabulary id for each provisional id of a `VocabularyBuilder`.
public struct TokenIDMap: Sendable {
  /// The ids by provisional id; `omitted` for tokens without one.
  private let ids: [Int32]
  private let omitsUnknown: Bool
  private static let omitted: Int32 = -1

  /// - Parameters:
  ///   - order: the entries of the vocabulary's tokens in `merged`, in the order of their ids.
  ///   - merged: the counts of all threads.
  ///   - rules: determine the first id and the id of unknown tokens.
  init(_ order: [Int], _ merged: MergedCounts, _ rules: TokenRules) {
    var tokenIDs = [Int32](repeating: rules.unknownID ?? Self.omitted, count: merged.table.count)
    for (index, entry) in order.enumerated() { tokenIDs[entry] = Int32(rules.firstID + index) }
    self.init(tokenIDs, merged.entries, rules)
  }

  /// - Parameter counted: the counts of the tokens that have provisional ids, which need not be all tokens.
  init(_ vocabulary: Vocabulary, _ counted: MergedCounts) {
    let rules = vocabulary.rules
    let tokenIDs = (0..<counted.table.count).map { entry in
      vocabulary.id(of: counted.table[entry]) ?? rules.unknownID ?? Self.omitted
    }
    self.init(tokenIDs, counted.entries, rules)
  }

  /// - Parameters:
  ///   - tokenIDs: the id of each entry of a table.
  ///   - threadEntries: for each thread, the entries of its tokens in that table.
  private init(_ tokenIDs: [Int32], _ threadEntries: [[Int32]], _ rules: TokenRules) {
    let provisionalID = ProvisionalID(threads: threadEntries.count)
    let longest = threadEntries.map(\.count).max() ?? 0
    var ids = [Int32](repeating: Self.omitted, count: longest * provisionalID.threads + 1)
    ids[Int(ProvisionalID.start)] = rules.startID ?? Self.omitted
    for (thread, entries) in threadEntries.enumerated() {
      for (index, entry) in entries.enumerated() {
        ids[Int(provisionalID(index, thread: thread))] = tokenIDs[Int(entry)]
      }
    }
    self.ids = ids
    omitsUnknown = rules.unknownID == nil
  }

  /// The ids for rows of provisional ids.
  public func ids(of provisional: Ragged) throws(Failure) -> Ragged {
    guard let values = provisional.values.values(as: Int32.self) else {
      throw Failure(.software, "provisional ids have the type \(provisional.values.type.rawValue)")
    }
    let mapped = map(values)
    guard omitsUnknown else { return Ragged(values: Tensor(mapped), lengths: provisional.lengths) }
    let offsets = provisional.offsets
    let lengths = provisional.lengths.indices.map { row in
      Int32(mapped[offsets[row]..<offsets[row + 1]].count { $0 != Self.omitted })
    }
    return Ragged(values: Tensor(mapped.filter { $0 != Self.omitted }), lengths: lengths)
  }

  private func map(_ provisional: [Int32]) -> [Int32] {
    let (provisional, ids) = (provisional.span, ids.span)
    return [Int32](capacity: provisional.count) { output in
      for index in provisional.indices { output.append(ids[Int(provisional[index])]) }
    }
  }

  /// The chunk with ids instead of provisional ids in its column `x`; other columns are passed through.
  public func assignIDs(in chunk: Chunk) throws(Failure) -> Chunk {
    guard let provisional = chunk.columns["x"]?.ragged else {
      throw Failure(.software, "there is no column x with provisional ids")
    }
    var columns = chunk.columns
    columns["x"] = .ragged(try ids(of: provisional))
    return Chunk(columns, rows: chunk.rows)
  }
}
