// Translations as columns of a stream, and as lines of text.

import JSON
import Sequences
import Tensor
import TensorFile

/// The translations of some rows.
public struct TranslatedRows {
  /// The rows.
  public let rows: TranslationRows
  /// The best translations of each, best first.
  public let hypotheses: [[Hypothesis]]
  private let vocabulary: Vocabulary
  /// How many translations of a row are written.
  private let best: Int

  /// - Parameter best: how many translations of a row are written.
  public init(_ rows: TranslationRows, _ hypotheses: [[Hypothesis]], _ vocabulary: Vocabulary, best: Int) {
    (self.rows, self.hypotheses, self.vocabulary, self.best) = (rows, hypotheses, vocabulary, best)
  }

  /// The text of a translation; empty if there is none.
  public func text(_ row: Int, _ rank: Int = 0) -> String {
    guard rank < hypotheses[row].count else { return "" }
    return vocabulary.text(of: hypotheses[row][rank].tokens)
  }

  /// The best translations as a chunk of predictions: `source`, `y` where it is known, `prediction` and its `score`.
  public var chunk: Chunk {
    var columns = rows.others
    if let sources = rows.sourceTexts { columns["source"] = Self.column(sources) }
    if let targets = rows.targetTexts { columns["y"] = Self.column(targets) }
    columns["prediction"] = Self.column(hypotheses.indices.map { text($0) })
    columns["score"] = .dense(Tensor(hypotheses.map { $0.first?.score ?? -.infinity }))
    return Chunk(columns, rows: hypotheses.count)
  }

  private static func column(_ texts: [String]) -> Column {
    let bytes = texts.map { Array($0.utf8) }
    return .ragged(Ragged(values: Tensor(Array(bytes.joined())), lengths: bytes.map { Int32($0.count) }))
  }

  /// The names of a table's columns.
  public var names: [String] {
    (rows.sourceTexts == nil ? [] : ["source"]) + (rows.targetTexts == nil ? [] : ["y"])
      + (best > 1 ? ["rank"] : []) + ["prediction", "score"]
  }

  /// Calls `body` with the cells of every line: one for each translation.
  public func forEachLine(_ body: ([JSONValue]) throws -> Void) rethrows {
    for row in hypotheses.indices {
      for rank in 0..<min(best, max(1, hypotheses[row].count)) {
        let score = rank < hypotheses[row].count ? hypotheses[row][rank].score : -.infinity
        let source = rows.sourceTexts.map { [JSONValue.string($0[row])] } ?? []
        let known = rows.targetTexts.map { [JSONValue.string($0[row])] } ?? []
        try body(
          source + known + (best > 1 ? [.integer(Int64(rank + 1))] : []) + [
            .string(text(row, rank)), .number(Double("\(score)") ?? 0),
          ])
      }
    }
  }
}
