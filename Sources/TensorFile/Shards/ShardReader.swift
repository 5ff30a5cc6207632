// The rows of a shard of a stream. Of a stream in a file, only the frames with these rows are decompressed. A pipe is read
// to its end, since the number of its rows is known only there, and so are joined streams, which have to agree.

import Failures
import OperatingSystem

/// Reads a shard of a tensor stream.
public final class ShardReader {
  /// The metadata and side tensors of the stream.
  public let header: StreamHeader
  /// The schemas of the columns.
  public let schema: [String: ColumnSchema]
  /// The shard, and how many rows were divided.
  public let record: ShardRecord
  /// The runs that produced the stream.
  public let provenance: [Provenance]
  /// The numbers of the rows that are read.
  private let range: Range<Int>

  private enum Source {
    case archive(TensorArchive)
    case stream(RereadableStream)
  }

  private let source: Source
  /// The pass over a stream, and the cut.
  private var pass: (reader: TensorReader, cut: ShardCut)?
  /// The number of the next row of an archive; nil before the first chunk.
  private var nextRow: Int?

  /// - Parameters:
  ///   - reader: a reader that has not returned any chunk.
  ///   - path: the path of a regular file with the stream; nil if it is a pipe.
  ///   - divide: the shard of a number of rows, and the numbers of the rows that it needs.
  /// - Throws: `Failure.data` if the stream is damaged, or a shard itself; `Failure` of kind `io` if a pipe can't be
  ///   stored.
  public init(
    _ reader: TensorReader, path: String?, divide: (_ rows: Int) -> (ShardRecord, Range<Int>)
  ) throws {
    (header, schema) = (reader.header, reader.schema)
    let rows: Int
    if let path, case let archive = try TensorArchive(path: path), archive.streams == 1 {
      source = .archive(archive)
      try refuse(archive.shard, named: reader.name)
      (rows, provenance) = (archive.rows, archive.provenance)
    } else {
      let stream = try RereadableStream(reader)
      source = .stream(stream)
      try stream.refuseShard()
      (rows, provenance) = (stream.rows, stream.provenance)
    }
    (record, range) = divide(rows)
  }

  /// The next rows; nil after the last. The first chunk may have no rows, but it has the columns.
  public func next() throws -> Chunk? {
    switch source {
    case .archive(let archive): try next(of: archive)
    case .stream(let stream): try next(of: stream)
    }
  }

  private func next(of archive: TensorArchive) throws -> Chunk? {
    let start = nextRow ?? range.lowerBound
    guard nextRow == nil || start < range.upperBound else { return nil }
    let chunk = try archive.rows(start..<min(archive.endOfFrame(with: start), range.upperBound))
    nextRow = start + chunk.rows
    return chunk
  }

  private func next(of stream: RereadableStream) throws -> Chunk? {
    if pass == nil { pass = (try stream.newPass(), ShardCut(range)) }
    while let chunk = try pass?.reader.next() {
      if let own = pass?.cut.cut(chunk) { return own }
      if pass?.cut.isDone == true { return nil }
    }
    return nil
  }
}

extension RereadableStream {
  /// Throws `Failure.data` if the stream is a shard itself, which can't be divided further.
  public func refuseShard() throws(Failure) { try reader.refuseShard() }
}

extension TensorReader {
  /// Throws `Failure.data` if the stream, which was read to its end, is a shard itself.
  public func refuseShard() throws(Failure) { try refuse(shard, named: name) }
}

private func refuse(_ earlier: ShardRecord?, named name: String) throws(Failure) {
  guard let earlier else { return }
  throw .data("is \(earlier.text) already", at: name, remedy: "omit --shard, or join the shards before")
}
