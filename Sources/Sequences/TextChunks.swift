// Chunks of a text stream: which of their rows a vocabulary is made from, and how they become sequences.

import Failures
import Tensor
import TensorFile

extension Chunk {
  /// The rows of text.
  func text() throws(Failure) -> Ragged {
    guard let column = columns["text"] else {
      throw Failure.data(
        "there is no column text (columns: \(columns.keys.sorted().joined(separator: ", ")))",
        remedy: columns["x"] == nil ? nil : "it is tokenised already")
    }
    guard let text = column.ragged else { throw Failure.data("the column text has no lengths") }
    return text
  }

  /// Whether each row is of part 0 (training); nil where the rows have no parts.
  func isTrained() throws(Failure) -> [Bool]? {
    guard let column = columns["split"] else { return nil }
    guard let parts = column.tensor?.values(as: UInt8.self), parts.count == rows else {
      throw Failure.data("the column split does not hold one byte (U8) for each row")
    }
    return parts.map { $0 == 0 }
  }
}

extension VocabularyBuilder {
  /// Counts the tokens of a chunk of a text stream: of its rows of part 0 where they have parts, else of all.
  /// - Returns: the rows in order, in one or more chunks, with numbers `x` in place of `text`;
  ///   `TokenNumbering` makes ids of them.
  @discardableResult
  public mutating func add(_ chunk: Chunk) throws(Failure) -> [Chunk] {
    let parts = try add(chunk.text(), where: chunk.isTrained()).filter { !$0.lengths.isEmpty }
    let others = Chunk(chunk.columns.filter { $0.key != "text" }, rows: chunk.rows)
    var row = 0
    return parts.map { part in
      let rows = row..<row + part.lengths.count
      row = rows.upperBound
      let columns = rows.count == others.rows ? others.columns : others.slice(rows).columns
      return Chunk(columns.merging(["x": .ragged(part)]) { $1 }, rows: rows.count)
    }
  }
}

extension Vocabulary {
  /// The chunk with the token ids `x` in place of `text`; other columns are handed on.
  public func tokenise(_ chunk: Chunk, threads: Int = 1) throws(Failure) -> Chunk {
    var columns = chunk.columns
    columns["x"] = .ragged(try tokenise(chunk.text(), threads: threads))
    columns["text"] = nil
    return Chunk(columns, rows: chunk.rows)
  }
}

extension ClassNames {
  /// Throws where a chunk's `y` holds an integer that is no class's id; other columns `y` may be anything.
  /// - Parameter firstRow: the number of the chunk's first row, for the message.
  public func check(_ chunk: Chunk, firstRow: Int) throws(Failure) {
    guard let labels = chunk.columns["y"]?.tensor?.integers, labels.count == chunk.rows else { return }
    guard let row = labels.firstIndex(where: { !names.indices.contains($0) }) else { return }
    throw Failure.data("row \(firstRow + row + 1): the label \(labels[row]) is not one of \(count) classes")
  }
}

extension Ragged {
  /// The bytes of a column of text.
  func textBytes() throws(Failure) -> [UInt8] {
    guard let bytes = values.values(as: UInt8.self), values.shape.count == 1 else {
      throw Failure.data("the column text is \(values.type.rawValue), not bytes (U8)")
    }
    return bytes
  }
}
