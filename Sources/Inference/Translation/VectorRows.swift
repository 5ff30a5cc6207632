// Rows whose sources are vectors, with or without the sequences that describe them.

import Failures
import Sequences
import Tensor
import TensorFile

extension TranslationInput {
  /// Rows of vectors that are read elsewhere, from a table for example.
  public init(vectors translation: Translation) {
    self.init(translation, header: StreamHeader(kind: PairReader.kind))
  }

  /// The rows of a chunk with the column of vectors.
  /// - Throws: `Failure` (data) if a vector is not as wide as the model's, or has a number that is not finite.
  public mutating func read(_ chunk: Chunk) throws -> TranslationRows {
    defer { row += chunk.rows }
    return try vectors(chunk)
  }

  func vectors(_ chunk: Chunk) throws -> TranslationRows {
    let (name, width) = (translation.sourceColumn, translation.width)
    guard let tensor = chunk.columns[name]?.tensor else {
      throw Failure.data("there is no column \(name) with one vector per row")
    }
    guard tensor.rowWidth == width else {
      throw Failure.data(
        "a row has \(counted(tensor.rowWidth, "number")); the model reads vectors of \(width)",
        at: "column \(name)")
    }
    let values = tensor.floats
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw Failure.data("row \(row + index / width + 1) contains \(values[index])", at: "column \(name)")
    }
    let sources = (0..<chunk.rows).map { DecoderSource.vector(Array(values[$0 * width..<($0 + 1) * width])) }
    let (ids, texts) = try described(chunk)
    return TranslationRows(
      sources: sources, sourceTexts: nil, targets: ids, targetTexts: texts, others: others(chunk))
  }

  /// The targets as ids and as text, if the chunk has them.
  private func described(_ chunk: Chunk) throws -> (ids: [[Int32]]?, texts: [String]?) {
    let vocabulary = translation.target
    guard let target = chunk.columns["target"] else { return (nil, nil) }
    if target.schema.type == .u8, let rows = target.ragged, let texts = target.texts {
      let ids = Column.ragged(try vocabulary.tokenize(rows)).ids
      return (ids, try texts.map { try vocabulary.cleaned($0) })
    }
    for column in PairVocabularies.targetColumns { try check(chunk, column, vocabulary) }
    guard chunk.columns["y"] != nil else { return (nil, nil) }
    let ids = Self.targets(chunk)
    return (ids, ids.map { vocabulary.text(of: $0) })
  }
}
