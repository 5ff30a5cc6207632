// Shared by the text tests: reference cases, rows of text, and chunks of them.

import Foundation
import JSON
import Sequences
import Tensor
import TensorFile
import Testing

/// A reference file of `fixtures/text`.
func textFixture(_ name: String, file: String = #filePath) throws -> JSONValue {
  let root = URL(fileURLWithPath: file).pathComponents.dropLast(3).joined(separator: "/").dropFirst()
  return try JSONValue(
    parsing: try String(contentsOfFile: root + "/fixtures/text/\(name).json", encoding: .utf8))
}

/// Rows of text as a column.
func textColumn(_ rows: [[UInt8]]) -> Ragged {
  Ragged(values: Tensor(Array(rows.joined())), lengths: rows.map { Int32($0.count) })
}

func textColumn(_ rows: [String]) -> Ragged { textColumn(rows.map { Array($0.utf8) }) }

/// The rows of a column of I32 sequences.
func sequenceRows(_ column: Ragged) throws -> [[Int32]] {
  let values = try #require(column.values.values(as: Int32.self))
  let offsets = column.offsets
  return column.lengths.indices.map { Array(values[offsets[$0]..<offsets[$0 + 1]]) }
}

/// A vocabulary made from `rows`.
func makeVocabulary(
  _ rows: [String], rules: TokenRules = TokenRules(), limit: Int? = nil, threads: Int = 1
) throws -> Vocabulary {
  var builder = VocabularyBuilder(rules: rules, threads: threads)
  try builder.add(textColumn(rows))
  return try builder.fit(limit: limit).vocabulary
}

/// The tokens of a vocabulary in the order of their ids.
func tokens(of vocabulary: Vocabulary) -> [String] {
  (vocabulary.rules.firstID..<vocabulary.size).compactMap { vocabulary.token(Int32($0)) }
}

/// A column of text in a chunk, with further columns.
func textChunk(_ rows: [String], _ others: [String: Tensor] = [:]) -> Chunk {
  var columns = others.mapValues(Column.dense)
  columns["text"] = .ragged(textColumn(rows))
  return Chunk(columns, rows: rows.count)
}
