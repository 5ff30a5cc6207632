// Random access to a stream in a file, by its seek table: only the frames that contain the requested rows are read,
// and each is compared with the table, as in sequential reading.

import Failures
import Tensor

/// A tensor stream in a file, whose rows can be read in any order.
public struct TensorArchive {
  /// The metadata and side tensors of the stream.
  public let header: StreamHeader
  /// The schemas of the columns.
  public let schema: [String: ColumnSchema]
  /// The number of rows.
  public let rows: Int
  /// The runs that produced the stream, one for each joined stream with provenance.
  public let provenance: [Provenance]
  /// The number of joined streams; whether they agree is known only if they are read by `TensorReader`.
  public let streams: Int
  /// The shard that the file is, if it is one.
  public let shard: ShardRecord?

  private let name: String
  private let file: ArchiveFile
  private let frames: [ArchiveFrame]
  /// The only chunk of a bare safetensors document.
  private let whole: Chunk?

  /// Opens a `.tensors.zst` file, or a bare `.safetensors` document, which is read into memory.
  /// - Throws: `Failure` of kind `noInput` if it can't be opened, `.data` if it is damaged.
  public init(path: String) throws {
    name = path
    file = try ArchiveFile(path: path)
    do {
      let reader = try TensorReader(file.source(0..<file.size), named: path)
      header = reader.header
      schema = reader.schema
      let isBare = try file.bytes(0..<min(4, file.size)) != FrameIndex.magic
      whole = isBare ? try reader.readAll() : nil
      let index = try isBare ? nil : FrameIndex(file)
      frames = index?.frames ?? []
      provenance = index?.provenance ?? []
      streams = index?.streams ?? 1
      shard = index?.shard
      rows = whole?.rows ?? frames.last?.rows.upperBound ?? 0
    } catch let failure as Failure {
      throw failure.placed(inStream: path)
    }
  }

  /// The rows in `range`, which must be within `0..<rows`.
  /// - Throws: `Failure.data` if a frame is damaged or the columns change.
  public func rows(_ range: Range<Int>) throws -> Chunk {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows outside the archive")
    if let whole { return whole.slice(range) }
    do {
      let parts = try frames[holding(range)].map { frame in
        let chunk = try file.chunk(frame)
        guard chunk.columns.mapValues(\.schema) == schema else {
          throw Failure.data("the columns change after row \(frame.rows.lowerBound)")
        }
        let wanted = range.clamped(to: frame.rows)
        return chunk.slice(
          wanted.lowerBound - frame.rows.lowerBound..<wanted.upperBound - frame.rows.lowerBound)
      }
      guard let joined = Chunk.joined(parts) else { throw Failure.data("has no chunks") }
      return joined
    } catch let failure as Failure {
      throw failure.placed(inStream: name)
    }
  }

  /// The end of the rows that are decompressed together with `row`; the number of rows for those behind the last.
  public func endOfFrame(with row: Int) -> Int {
    whole == nil && row < rows ? frames[firstFrame { $0.rows.upperBound > row }].rows.upperBound : rows
  }

  /// The frames that contain rows in `range`; one frame if the range is empty.
  private func holding(_ range: Range<Int>) -> Range<Int> {
    let first = min(firstFrame { $0.rows.upperBound > range.lowerBound }, frames.count - 1)
    let end = firstFrame { $0.rows.lowerBound >= range.upperBound }
    return first..<max(end, first + 1)
  }

  /// The first frame for which `holds` is true; it must also be true for all later frames.
  private func firstFrame(_ holds: (ArchiveFrame) -> Bool) -> Int {
    var (low, high) = (0, frames.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(frames[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
