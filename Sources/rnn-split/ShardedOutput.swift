// The output of rnn-split: all rows, or those of a shard.

import Stage
import TensorFile

/// A stream that takes all rows in their order, and keeps those of the shard.
final class ShardedOutput {
  private let stream: OutputStream
  private var cut: ShardCut?

  /// - Parameter rows: the number of rows that will be written.
  init(_ command: Split, _ header: StreamHeader, rows: Int, _ run: StageRun) throws {
    if let shard = command.sharding.shard {
      let record = ShardRecord(shard, of: rows, .rows)
      run.takes(record)
      cut = ShardCut(record.range)
    }
    stream = try run.writer(command.output.path, header: header)
  }

  func write(_ chunk: Chunk) throws {
    guard let own = cut == nil ? chunk : cut?.cut(chunk) else { return }
    try stream.write(own)
  }

  func finish() throws { try stream.finish() }
}

extension Split {
  /// A stream that is a shard is split by itself, which the user is told.
  func accept(_ reader: TensorReader, _ run: StageRun) throws {
    run.keepsRows(of: reader)
    guard let lone = reader.shard else { return }
    if sharding.shard != nil { try reader.refuseShard() }
    run.warn(
      "\(name) is \(lone.text) alone: it is split by itself (to split all rows, join the shards before)")
  }
}
