// Shards: a run that prepares one of them says so in its output, and one whose input is a shard hands that on, so that
// those who join outputs are told if they are in disorder.

import Failures
import OperatingSystem
import TensorFile

extension StageRun {
  /// The outputs of this run are a shard.
  public func takes(_ record: ShardRecord) {
    parameter("shard", record.shard.description)
    shard = record
  }

  /// The rows of a shard of the stream in `reader`, which has not returned any chunk; the outputs of this run are that
  /// shard.
  /// - Throws: `Failure` if the stream is damaged, or a shard itself.
  public func shard(_ shard: Shard, of reader: TensorReader) throws -> ShardReader {
    try self.shard(of: reader) { rows in
      let record = ShardRecord(shard, of: rows, .rows)
      return (record, record.range)
    }
  }

  /// The rows that a shard needs of the stream in `reader`, which has not returned any chunk.
  /// - Parameter divide: the shard of a number of rows, and the numbers of the rows that it needs.
  public func shard(
    of reader: TensorReader, divide: (_ rows: Int) -> (ShardRecord, Range<Int>)
  ) throws -> ShardReader {
    let input = inputs.first { $0.reader === reader }
    let path = input?.file.path.flatMap { isPipeOrDevice($0) ? nil : $0 }
    let sharded = try ShardReader(reader, path: path, divide: divide)
    input?.provenance = sharded.provenance
    takes(sharded.record)
    return sharded
  }

  /// The rows of a shard of a stream that was read to its end; the outputs of this run are that shard.
  /// - Throws: `Failure` (data) if the stream is a shard itself.
  public func shard(_ shard: Shard, of stream: RereadableStream) throws -> Range<Int> {
    try stream.refuseShard()
    let record = ShardRecord(shard, of: stream.rows, .rows)
    takes(record)
    return record.range
  }

  /// Each row of the outputs comes from the row of `reader` in the same place: if that is a shard, so are they.
  public func keepsRows(of reader: TensorReader) { keptReaders.append(reader) }

  /// Only what all shards have in common is taken from `reader`, or the result says that it is a shard.
  public func acceptsShard(in reader: TensorReader) { undividedReaders.append(reader) }

  /// The shard that the outputs are; nil if they are whole. To be called once the inputs are read.
  var outputShard: ShardRecord? { shard ?? keptReaders.lazy.compactMap(\.shard).first }

  /// Throws `Failure` (data) if there are no rows, unless the outputs are a shard, which may have none.
  public func require(rows: Int) throws {
    guard rows == 0, outputShard == nil else { return }
    throw Failure.data("the input has no rows")
  }

  /// Throws `Failure` (data) if the stream in `reader`, which was read to its end, is a single shard: the windows that reach
  /// across its borders would be missing.
  public func requireWhole(_ reader: TensorReader) throws(Failure) {
    guard let lone = reader.shard else { return }
    throw Failure.data(
      "is \(lone.text) alone, so that windows across its borders would be missing",
      remedy: "join the shards, or divide the windows: --shard")
  }

  /// Warns of inputs that are single shards, where the others are missing in the result.
  func warnOfLoneShards() {
    for input in inputs {
      guard let reader = input.reader, let lone = reader.shard,
        !(keptReaders + undividedReaders).contains(where: { $0 === reader })
      else { continue }
      warn("\(input.file.name) is \(lone.text) alone: the others are not in the result")
    }
  }
}
