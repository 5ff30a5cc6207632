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

  /// The ids that `vocabulary` has for the tokens of `counts`, one for each thread.
  init(_ vocabulary: Vocabulary, _ counts: [TokenCounts]) {
    let rules = vocabulary.rules
    let most = counts.map(\.table.count).max() ?? 0
    var ids = [Int32](repeating: Self.leftOut, count: most * counts.count + 1)
    ids[Int(TokenNumber.start)] = rules.startID ?? Self.leftOut
    for counts in counts {
      for index in 0..<counts.table.count {
        let id = vocabulary.id(of: counts.table[index]) ?? rules.unknownID ?? Self.leftOut
        ids[Int(counts.number(index, thread: counts.thread))] = id
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
