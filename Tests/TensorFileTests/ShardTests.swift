// Shards: how they are written and divide things, what a stream says of its shard, and which of them can be joined.

import Failures
import Foundation
import StreamSamples
import Tensor
import TensorFile
import Testing

@Suite struct ShardTests {
  private func shard(_ text: String) throws -> Shard { try #require(Shard(text)) }

  @Test func writtenShards() throws {
    #expect(try shard("2/4") == Shard(index: 2, of: 4))
    #expect(try shard("1/1").description == "1/1")
    for text in [
      "0/4", "5/4", "1/0", "0/0", "-1/4", "+1/4", "1", "1/", "/4", "", "1/4/4", " 1/4", "a/b", "1.0/4",
      "1/1000001",
      "1/99999999999999999999", "99999999999999999999/4",
    ] {
      #expect(Shard(text) == nil, "\(text)")
    }
  }

  @Test(arguments: [0, 1, 2, 3, 7, 50, 1_000_003, Int.max]) func shardsCoverEverythingOnce(total: Int) throws
  {
    for count in [1, 2, 3, 7, 64, 1000] {
      let ranges = try (1...count).map { try #require(Shard(index: $0, of: count)).range(of: total) }
      #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == total)
      for (one, next) in zip(ranges, ranges.dropFirst()) { #expect(one.upperBound == next.lowerBound) }
      let sizes = ranges.map(\.count)
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
  }

  private let rows = sampleRows(90)

  /// A shard of the sample rows, of a run of its own.
  private func part(_ index: Int, of count: Int, total: Int = 90, run: String? = nil) throws -> [UInt8] {
    let record = ShardRecord(try #require(Shard(index: index, of: count)), of: total, .rows)
    let origin = Provenance(
      run: run ?? "run \(index)/\(count)", stage: "rnn-pad", version: "0.1.0", host: "here", shard: record)
    return try stream([rows.slice(record.range)], header: sampleHeader, chunkBytes: 500, provenance: origin)
  }

  @Test(arguments: [1, 2, 3, 7, 89, 90, 91, 200]) func joinedShardsAreTheWhole(count: Int) throws {
    let joined = try (1...count).flatMap { try part($0, of: count) }
    let whole = try stream([rows], header: sampleHeader)
    let contents = try read(joined)
    #expect(contents.rows == rows)
    // A stage that reads them writes the same data.
    #expect(try stream([contents.rows], header: contents.header) == whole)
    let reader = try TensorReader(DrippingSource(joined, size: 100), named: "input")
    try reader.finish()
    #expect(reader.shard == nil)
  }

  @Test func aSingleShardSaysSo() throws {
    let reader = try TensorReader(DrippingSource(part(2, of: 3), size: 100), named: "input")
    #expect(reader.shard == nil)
    try reader.finish()
    #expect(reader.shard?.longText == "shard 2 of 3: rows 30 to 59 of 90")
    #expect(throws: Failure.self) { try reader.refuseShard() }
  }

  @Test func disorderIsNoticed() throws {
    let parts = try (1...4).map { try part($0, of: 4) }
    let plain = try stream([rows], header: sampleHeader)
    let cases: [([[UInt8]], String)] = [
      ([parts[1], parts[0], parts[2], parts[3]], "begin with shard 2 of 4"),
      ([parts[0], parts[2], parts[3]], "shard 3 of 4 after shard 1 of 4"),
      ([parts[0], parts[1], parts[2]], "end with shard 3 of 4"),
      ([parts[1], parts[2], parts[3]], "begin with shard 2 of 4"),
      ([parts[0], parts[0], parts[1], parts[2], parts[3]], "shard 1 of 4 of the run run 1/4 twice"),
      (parts + parts, "shard 1 of 4 of the run run 1/4 twice"),
      ([parts[0], plain], "a stream that is no shard after shard 1 of 4"),
      ([plain, parts[0]], "end with shard 1 of 4"),
      ([plain, parts[1]], "shard 2 of 4 without the shards before it"),
      ([parts[0], try part(2, of: 3)], "shard 2 of 3 after shard 1 of 4"),
      ([parts[0], try part(2, of: 4, total: 80)], "shard 2 of 4 of 80 rows after shard 1 of 4 of 90 rows"),
    ]
    for (streams, problem) in cases {
      let refusal = refusal(streams.flatMap { $0 })
      #expect(refusal?.kind == .data && refusal?.problem.contains(problem) == true, "\(refusal as Any)")
      try inFile(streams.flatMap { $0 }) { path in
        #expect(throws: Failure.self) { try TensorArchive(path: path) }
      }
    }
  }

  @Test func otherStreamsMayBeJoinedToAllShards() throws {
    let all = try (1...3).flatMap { try part($0, of: 3) }
    let more = try (1...2).flatMap { try part($0, of: 2) }
    let plain = try stream([rows], header: sampleHeader)
    #expect(try read(plain + all + more + plain).rows.rows == 360)
  }

  @Test func aChangedShardIsDamage() throws {
    let bytes = try part(2, of: 3)
    let position = try #require(bytes.firstRange(of: Array(#""index":2"#.utf8))).upperBound - 1
    var changed = bytes
    changed[position] = UInt8(ascii: "1")
    #expect(refusal(changed)?.problem.contains("damaged") == true)
  }

  @Test func aShardOfAFileReadsItsRows() throws {
    let bytes = try stream([rows], header: sampleHeader, chunkBytes: 500)
    for count in [1, 2, 3, 7, 91] {
      for source in ["file", "pipe", "joined"] {
        try inFile(source == "joined" ? bytes + bytes : bytes) { path in
          var found: [Chunk] = []
          for index in 1...count {
            let shard = try #require(Shard(index: index, of: count))
            let file = try Data(contentsOf: URL(fileURLWithPath: path))
            let reader = try TensorReader(DrippingSource([UInt8](file), size: 300), named: "input")
            let sharded = try ShardReader(reader, path: source == "pipe" ? nil : path) { rows in
              let record = ShardRecord(shard, of: rows, .rows)
              return (record, record.range)
            }
            var read: [Chunk] = []
            while let chunk = try sharded.next() { read.append(chunk) }
            #expect(!read.isEmpty && read.reduce(0) { $0 + $1.rows } == sharded.record.range.count)
            found += read
          }
          let whole = source == "joined" ? Chunk.joined([rows, rows]) : rows
          #expect(Chunk.joined(found) == whole, "\(count) from \(source)")
        }
      }
    }
  }

  private func inFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }
}
