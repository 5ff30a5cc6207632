// Chunks of a text stream: the rows that a vocabulary is built from, and their tokenization.

import Failures
import Tensor
import TensorFile

extension Chunk {
  /// The rows of text.
  func text() throws(Failure) -> Ragged {
    guard let column = columns["text"] else {
      throw Failure.data(
        "there is no column text; the columns are \(columns.keys.sorted().joined(separator: ", "))",
        remedy: columns["x"]?.schema.type.isInteger == true
          ? "the input is already tokenized" : "give a file of text, or a stream with a column text")
    }
    guard let text = column.ragged else { throw Failure.data("the column text is not ragged") }
    return text
  }

  /// Whether each row is in part 0 (training); nil if the stream is not split.
  func isTrainingRow() throws(Failure) -> [Bool]? {
    guard let column = columns["split"] else { return nil }
    guard let parts = column.tensor?.values(as: UInt8.self), parts.count == rows else {
      throw Failure.data("the column split must have one byte (U8) per row")
    }
    return parts.map { $0 == 0 }
  }
}

extension VocabularyBuilder {
  /// The size in bytes of the text that is counted at once, unless a row is longer.
  private static let longestText = 1 << 23

  /// Counts the tokens in a chunk of a text stream: in its rows of part 0 if the stream is split, else in
  /// all.
  /// - Returns: the rows in order, in one or more chunks, with provisional ids in `x` instead of `text`, which
  ///   `assignIDs` replaces; once there are too many different tokens, the rows with their text.
  @discardableResult
  public mutating func add(_ chunk: Chunk) throws(Failure) -> [Chunk] {
    let text = try chunk.text()
    // The tables grow with each call, before it is checked whether they are full.
    if text.values.count > Self.longestText, chunk.rows > 1 {
      let half = chunk.rows / 2
      return try add(chunk.slice(0..<half)) + add(chunk.slice(half..<chunk.rows))
    }
    guard let all = try add(text, where: chunk.isTrainingRow()) else { return [chunk] }
    let parts = all.filter { !$0.lengths.isEmpty }
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
  /// The chunk with token ids in `x` instead of `text`; other columns are passed through.
  public func tokenize(_ chunk: Chunk, threads: Int = 1) throws(Failure) -> Chunk {
    var columns = chunk.columns
    columns["x"] = .ragged(try tokenize(chunk.text(), threads: threads))
    columns["text"] = nil
    return Chunk(columns, rows: chunk.rows)
  }
}

extension ClassNames {
  /// Throws if an integer in a chunk's `y` is not a class id; a `y` of another form is not checked.
  /// - Parameter firstRow: the number of the chunk's first row, for messages.
  public func check(_ chunk: Chunk, firstRow: Int) throws(Failure) {
    guard let labels = chunk.columns["y"]?.tensor?.integers, labels.count == chunk.rows else { return }
    guard let row = labels.firstIndex(where: { !names.indices.contains($0) }) else { return }
    throw Failure.data(
      "row \(firstRow + row + 1): the label \(labels[row]) is not one of the \(count) classes")
  }
}

extension Ragged {
  /// The bytes of a text column.
  func textBytes() throws(Failure) -> [UInt8] {
    guard let bytes = values.values(as: UInt8.self), values.shape.count == 1 else {
      throw Failure.data("the column text is \(values.type.rawValue), not bytes (U8)")
    }
    return bytes
  }
}
