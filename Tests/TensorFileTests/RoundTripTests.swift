// Written data is read back unchanged, with the same bytes however the rows were passed; and the tools of the formats
// accept it.

import ByteStreams
import Failures
import Foundation
import StreamSamples
import Tensor
import TensorFile
import Testing

private let hasZstd = works("command -v zstd")
private let python = ProcessInfo.processInfo.environment["RNN_PYTHON"] ?? "python3"
private let hasLibrary = hasZstd && works("\(python) -c 'import safetensors, numpy'")

@Suite struct RoundTripTests {
  @Test(arguments: [0, 1, 2, 57, 500]) func everythingIsReadBack(rows: Int) throws {
    let bytes = try stream([sampleRows(rows)], header: sampleHeader, chunkBytes: 2000)
    let contents = try read(bytes)
    #expect(contents == Contents(header: sampleHeader, rows: sampleRows(rows), provenance: [sampleOrigin]))
    #expect(frames(bytes).count > (rows == 500 ? 10 : 2))
  }

  @Test func emptyRowsStillMakeAChunk() throws {
    let bytes = try stream([sampleRows(0)], header: sampleHeader)
    let reader = try TensorReader(MemorySource(bytes), named: "input")
    let schema = sampleRows(1).columns.mapValues(\.schema)
    #expect(reader.schema == schema)
    #expect(try reader.next()?.columns.mapValues(\.schema) == schema)
    #expect(try reader.next() == nil)
    #expect(reader.isAtEnd && reader.rowsRead == 0)
    #expect(try read(stream([])).rows.columns.isEmpty)
  }

  @Test func boundariesDependOnlyOnTheRows() throws {
    let rows = sampleRows(300)
    let whole = try stream([rows], header: sampleHeader, chunkBytes: 1500)
    for size in [1, 7, 100, 299] {
      let parts = stride(from: 0, to: 300, by: size).map { rows.slice($0..<min($0 + size, 300)) }
      #expect(try stream([rows.slice(0..<0)] + parts, header: sampleHeader, chunkBytes: 1500) == whole)
    }
    #expect(frames(whole).count > 5)
  }

  @Test func theSameDataHasTheSameBytesExceptProvenance() throws {
    let other = Provenance(run: "other", stage: "rnn-pad", version: "9", host: "there")
    let first = try frames(stream([sampleRows(100)], chunkBytes: 1000))
    let second = try frames(stream([sampleRows(100)], chunkBytes: 1000, provenance: other))
    #expect(first.dropLast(2) == second.dropLast(2))
    #expect(first.dropLast(1).last != second.dropLast(1).last)
    #expect(try read(stream([sampleRows(3)], provenance: nil)).provenance == [])
  }

  @Test(arguments: [1, 2, 3, 1000]) func inputCanHaveAnyPieces(size: Int) throws {
    let bytes = try stream([sampleRows(60)], header: sampleHeader, chunkBytes: 1000)
    #expect(try read(DrippingSource(bytes, size: size)) == read(bytes))
  }

  @Test func rowsLargerThanAChunkHaveOneEach() throws {
    let rows = Chunk(["x": Tensor((0..<4096).map(Float.init), shape: [4, 1024])])
    let bytes = try stream([rows], chunkBytes: 100)
    #expect(frames(bytes).count == 4 + 2)
    #expect(try read(bytes).rows == rows)
  }

  @Test func rowsWithoutWidthAreCounted() throws {
    let rows = Chunk(["x": Tensor([Float](), shape: [50, 0]), "y": Tensor((0..<50).map(Int32.init))])
    #expect(try read(stream([rows], chunkBytes: 40)).rows == rows)
    let narrow = Chunk(["x": Tensor([Float](), shape: [50, 0])])
    #expect(try read(stream([narrow], chunkBytes: 8)).rows == narrow)
  }

  @Test func modelsContainAnyTensors() throws {
    let model = StreamHeader(
      kind: "model", metadata: ["rnn.layers": "lstm(2)"],
      side: [
        "lstm.kernel": Tensor((0..<24).map(Float.init), shape: [3, 8]),
        "lstm.bias": Tensor([Float](repeating: 1, count: 8)),
        "rnn.scale.offset": Tensor([1.5]), "count": Tensor([3 as Int64], shape: []),
      ])
    let bytes = try stream([], header: model)
    let contents = try read(bytes)
    #expect(contents == Contents(header: model, rows: Chunk([:], rows: 0), provenance: [sampleOrigin]))
    #expect(frames(bytes).count == 3)
  }

  @Test func documentsAreWhatDecompressionGives() throws {
    var written: [[UInt8]] = []
    var received: [[UInt8]] = []
    let bytes = try stream([sampleRows(100)], chunkBytes: 1000) { written.append($0) }
    let reader = try TensorReader(MemorySource(bytes), named: "input") { received.append($0) }
    try reader.finish()
    #expect(written == received && written.count > 2)
    if hasZstd { #expect(try shell("zstd -dc", input: bytes).output == Array(written.joined())) }
  }

  @Test(.enabled(if: hasZstd)) func zstdTestsIt() throws {
    let bytes = try stream([sampleRows(200)], header: sampleHeader, chunkBytes: 1000)
    #expect(try shell("zstd -t", input: bytes).status == 0)
    #expect(try shell("zstd -t", input: bytes + stream([sampleRows(3)])).status == 0)
  }

  @Test(.enabled(if: hasLibrary)) func aSafetensorsLibraryReadsOneChunk() throws {
    let rows = Chunk([
      "x": Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]), "time": Tensor([5, -6] as [Int64]),
    ])
    let script = """
      import sys, safetensors.numpy as s
      t = s.load(sys.stdin.buffer.read())
      print(t['x'].tolist(), t['time'].tolist(), t['rnn.classes.lengths'].tolist())
      """
    let bytes = try stream([rows], header: sampleHeader)
    let output = try shell("zstd -dc | \(python) -c \"\(script)\"", input: bytes).output
    #expect(String(decoding: output, as: UTF8.self) == "[[1.0, 2.0], [3.0, 4.0]] [5, -6] [3, 3]\n")
  }

  @Test(.enabled(if: hasLibrary)) func aDocumentOfTheLibraryIsRead() throws {
    let script = """
      import sys, numpy as n, safetensors.numpy as s
      x = n.arange(6, dtype=n.float16).reshape(2, 3)
      sys.stdout.buffer.write(s.save({'x': x, 'y': n.array([1, 2], dtype=n.int32)}, metadata={'a': 'b'}))
      """
    let contents = try read(shell("\(python) -c \"\(script)\"").output)
    #expect(contents.rows.columns["x"] == .dense(Tensor([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3])))
    #expect(contents.rows.rows == 2 && contents.header.kind == "" && contents.header.metadata["a"] == "b")
  }
}

@Suite struct BareDocumentTests {
  @Test func columnsAndSideTensorsAreDistinguished() throws {
    let bytes = SafetensorsDocument(
      tensors: [
        "t.values": Tensor([1, 2, 3] as [Float]), "t.lengths": Tensor([1, 0, 2] as [Int32]),
        "y": Tensor([1, 2, 3]), "rnn.scale.offset": Tensor([9.0]),
      ], metadata: ["rnn.kind": "padded", "rnn.format": "1"]
    ).encoded
    let contents = try read(bytes)
    #expect(contents.header == StreamHeader(kind: "padded", side: ["rnn.scale.offset": Tensor([9.0])]))
    #expect(contents.rows.rows == 3 && Set(contents.rows.columns.keys) == ["t", "y"])
    #expect(contents.rows.columns["t"]?.ragged?.lengths == [1, 0, 2])
  }

  @Test func weightsOfOtherProgramsAreSideTensors() throws {
    let weights = ["w": Tensor([1, 2] as [Float], shape: [2, 1]), "b": Tensor([1 as Float])]
    let bytes = SafetensorsDocument(tensors: weights).encoded
    #expect(try read(bytes, limits: .model).header.side == weights)
    #expect(refusal(bytes)?.kind == .data)
    let rows = SafetensorsDocument(tensors: ["x": Tensor([1, 2] as [Float])]).encoded
    #expect(try read(rows, limits: .model).rows.rows == 2)
  }

  @Test(
    arguments: [
      (["x": Tensor([1, 2]), "y": Tensor([1, 2, 3])], "'y'"),
      (["x": Tensor([1.0], shape: [])], "'x'"),
      (["x.values": Tensor([1, 2]), "x.lengths": Tensor([1, 2] as [Int32])], "'x'"),
      (["x.values": Tensor([1, 2]), "x.lengths": Tensor([3, -1] as [Int32])], "'x'"),
      (["x.values": Tensor([1, 2]), "x.lengths": Tensor([1, 1] as [Int64])], "'x'"),
      (["x.values": Tensor([1, 2]), "x.lengths": Tensor([2] as [Int32], shape: [1, 1])], "'x'"),
    ] as [([String: Tensor], String)]) func mismatchedColumnsAreNamed(
      tensors: [String: Tensor], name: String
    )
  {
    let failure = refusal(SafetensorsDocument(tensors: tensors).encoded)
    #expect(
      failure?.kind == .data && failure?.problem.contains(name) == true, "\(String(describing: failure))")
  }
}
