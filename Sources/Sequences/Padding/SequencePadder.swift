// Pads chunks of sequences: `x`, and the targets if each step has one.

import Failures
import Tensor
import TensorFile

/// Pads the sequences of a stream, chunk by chunk.
public struct SequencePadder: Sendable {
  /// A padded chunk is divided into pieces of about this many bytes.
  private static let pieceBytes = 1 << 24
  /// How `x` is padded.
  public let padding: Padding
  /// The padding value of targets.
  public let targetValue: Double

  /// A padder that uses `padding` for `x`, and for targets the same with `targetValue`.
  public init(_ padding: Padding, targetValue: Double = 0) {
    self.padding = padding
    self.targetValue = targetValue
  }

  /// The length of the longest sequence in a chunk.
  public static func longest(_ chunk: Chunk) throws(Failure) -> Int {
    Int(try chunk.sequences().lengths.max() ?? 0)
  }

  /// Calls `body` with the padded rows in pieces, since short rows may become large.
  /// - Parameter firstRow: the number of the chunk's first row, for messages.
  public func pad(_ chunk: Chunk, firstRow: Int = 0, _ body: (Chunk) throws -> Void) throws {
    let sequences = try chunk.sequences()
    try chunk.checkTargets(against: sequences.lengths, firstRow: firstRow)
    let step = max(1, Self.pieceBytes / max(1, try padding.rowBytes(sequences)))
    guard chunk.rows > step else { return try body(padded(chunk)) }
    let pieces = ChunkPieces(chunk)
    for start in stride(from: 0, to: chunk.rows, by: step) {
      try body(padded(pieces[start..<min(chunk.rows, start + step)]))
    }
  }

  private func padded(_ chunk: Chunk) throws(Failure) -> Chunk {
    var columns = chunk.columns
    columns["x"] = .dense(try padding.pad(chunk.sequences()))
    if let targets = columns["y"]?.ragged {
      columns["y"] = .dense(try padding.pad(targets, with: targetValue))
    }
    return Chunk(columns, rows: chunk.rows)
  }
}

extension Chunk {
  /// The column `x` as sequences.
  fileprivate func sequences() throws(Failure) -> Ragged {
    guard let column = columns["x"] else {
      throw Failure.data(
        "there is no column x; the columns are \(columns.keys.sorted().joined(separator: ", "))",
        remedy: columns["text"] == nil ? nil : "tokenize the text with rnn-tokenize first")
    }
    guard let sequences = column.ragged else {
      throw Failure.data("nothing to pad: each row of x already has the shape \(column.schema.rowShape)")
    }
    return sequences
  }

  /// Throws unless each sequence has one target per step; otherwise they would not stay aligned.
  fileprivate func checkTargets(against lengths: [Int32], firstRow: Int) throws(Failure) {
    guard let targets = columns["y"]?.ragged?.lengths else { return }
    guard let row = lengths.indices.first(where: { lengths[$0] != targets[$0] }) else { return }
    throw Failure.data(
      "row \(firstRow + row + 1): y has \(counted(targets[row], "step")), x has \(lengths[row])")
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
