// Pads chunks of sequences: the main column `x` (or `source`), the columns that have its steps, such as targets and the
// characters of words, and columns with lengths of their own, such as those of another language.

import Failures
import Tensor
import TensorFile

/// Pads the sequences of a stream, chunk by chunk.
public struct SequencePadder: Sendable {
  /// A padded chunk is divided into pieces of about this many bytes.
  private static let pieceBytes = 1 << 24
  /// How the columns are padded.
  public let paddings: PaddingSet
  /// The padding value of targets.
  public let targetValue: Double

  /// A padder that uses `padding` for `x`, and for targets the same with `targetValue`.
  public init(_ padding: Padding, targetValue: Double = 0) {
    self.init(PaddingSet(padding), targetValue: targetValue)
  }

  /// A padder of columns with these paddings; targets get `targetValue` instead of their padding's value.
  public init(_ paddings: PaddingSet, targetValue: Double = 0) {
    self.paddings = paddings
    self.targetValue = targetValue
  }

  /// Calls `body` with the padded rows in pieces, since short rows may become large.
  /// - Parameter firstRow: the number of the chunk's first row, for messages.
  public func pad(_ chunk: Chunk, firstRow: Int = 0, _ body: (Chunk) throws -> Void) throws {
    let sequences = try chunk.mainSequences()
    try checkSteps(chunk, against: sequences.lengths, firstRow: firstRow)
    let step = max(1, Self.pieceBytes / max(1, try rowBytes(chunk, sequences)))
    guard chunk.rows > step else { return try body(padded(chunk)) }
    let pieces = ChunkPieces(chunk)
    for start in stride(from: 0, to: chunk.rows, by: step) {
      try body(padded(pieces[start..<min(chunk.rows, start + step)]))
    }
  }

  /// The size of a row's largest padded column in bytes.
  private func rowBytes(_ chunk: Chunk, _ main: Ragged) throws(Failure) -> Int {
    var bytes = try paddings.main.rowBytes(main)
    for (name, rows) in chunk.furtherSequences {
      bytes = max(bytes, try paddings.padding(of: name).rowBytes(rows))
    }
    return bytes
  }

  private func padded(_ chunk: Chunk) throws(Failure) -> Chunk {
    var columns = chunk.columns
    columns[PaddedColumns.main(among: columns.keys)] = .dense(
      try paddings.main.pad(chunk.mainSequences()))
    for (name, rows) in chunk.furtherSequences {
      let value = name == "y" ? targetValue : nil
      columns[name] = .dense(try paddings.padding(of: name).pad(rows, with: value))
    }
    return Chunk(columns, rows: chunk.rows)
  }

  /// Throws unless the columns that are padded like the main one have its steps; otherwise they would not stay aligned.
  private func checkSteps(_ chunk: Chunk, against lengths: [Int32], firstRow: Int) throws(Failure) {
    let main = PaddedColumns.main(among: chunk.columns.keys)
    for (name, rows) in chunk.furtherSequences where paddings.others[name] == nil {
      guard let row = lengths.indices.first(where: { lengths[$0] != rows.lengths[$0] }) else { continue }
      throw Failure.data(
        "row \(firstRow + row + 1): \(name) has \(counted(rows.lengths[row], "step")), \(main) has \(lengths[row])"
      )
    }
  }
}

/// A chunk with the offsets of its ragged columns, for extracting rows.
private struct ChunkPieces {
  private let chunk: Chunk
  private let offsets: [String: [Int]]

  init(_ chunk: Chunk) {
    self.chunk = chunk
    offsets = chunk.columns.compactMapValues { $0.ragged?.offsets }
  }

  subscript(rows: Range<Int>) -> Chunk {
    var columns: [String: Column] = [:]
    for (name, column) in chunk.columns {
      switch column {
      case .dense(let tensor): columns[name] = .dense(tensor.slice(rows))
      case .ragged(let ragged): columns[name] = .ragged(slice(ragged, rows, offsets[name] ?? [0]))
      }
    }
    return Chunk(columns, rows: rows.count)
  }

  private func slice(_ ragged: Ragged, _ rows: Range<Int>, _ offsets: [Int]) -> Ragged {
    Ragged(
      values: ragged.values.slice(offsets[rows.lowerBound]..<offsets[rows.upperBound]),
      lengths: Array(ragged.lengths[rows]))
  }
}
