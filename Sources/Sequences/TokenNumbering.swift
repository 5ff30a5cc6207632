// From the numbers that tokens got while they were counted to the ids of the vocabulary made of the counts:
// text is cut into tokens once, not a second time when their ids are known.

import Failures
import Tensor
import TensorFile

/// The id of each number that a `VocabularyBuilder` gave.
public struct TokenNumbering: Sendable {
  /// The ids by number, `leftOut` for tokens that get none.
  private let ids: [Int32]
  private let leavesOut: Bool
  private static let leftOut: Int32 = -1

  /// - Parameters:
  ///   - order: the places of the vocabulary's tokens in `merged`, in the order of their ids.
  ///   - merged: what all threads counted.
  ///   - rules: which ids come before the tokens', and what other tokens get.
  init(_ order: [Int], _ merged: MergedCounts, _ rules: TokenRules) {
    var tokenIDs = [Int32](repeating: rules.unknownID ?? Self.leftOut, count: merged.table.count)
    for (index, place) in order.enumerated() { tokenIDs[place] = Int32(rules.firstID + index) }

    let number = TokenNumber(threads: merged.places.count)
    let most = merged.places.map(\.count).max() ?? 0
    var ids = [Int32](repeating: Self.leftOut, count: most * number.threads + 1)
    ids[Int(TokenNumber.start)] = rules.startID ?? Self.leftOut
    for (thread, places) in merged.places.enumerated() {
      for (index, place) in places.enumerated() {
        ids[Int(number(index, thread: thread))] = tokenIDs[Int(place)]
      }
    }
    self.ids = ids
    leavesOut = rules.unknownID == nil
  }

  /// The rows of ids for rows of numbers.
  public func ids(of numbers: Ragged) throws(Failure) -> Ragged {
    guard let values = numbers.values.values(as: Int32.self) else {
      throw Failure(.software, "tokens are numbered by \(numbers.values.type.rawValue)")
    }
    let mapped = map(values)
    guard leavesOut else { return Ragged(values: Tensor(mapped), lengths: numbers.lengths) }
    let offsets = numbers.offsets
    let lengths = numbers.lengths.indices.map { row in
      Int32(mapped[offsets[row]..<offsets[row + 1]].count { $0 != Self.leftOut })
    }
    return Ragged(values: Tensor(mapped.filter { $0 != Self.leftOut }), lengths: lengths)
  }

  private func map(_ numbers: [Int32]) -> [Int32] {
    let (numbers, ids) = (numbers.span, ids.span)
    return [Int32](capacity: numbers.count) { output in
      for place in numbers.indices { output.append(ids[Int(numbers[place])]) }
    }
  }

  /// The chunk with ids in its column `x` of numbers; other columns are handed on.
  public func renumber(_ chunk: Chunk) throws(Failure) -> Chunk {
    guard let numbers = chunk.columns["x"]?.ragged else {
      throw Failure(.software, "there is no column x of numbers")
    }
    var columns = chunk.columns
    columns["x"] = .ragged(try ids(of: numbers))
    return Chunk(columns, rows: chunk.rows)
  }
}
