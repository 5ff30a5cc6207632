// npy, npz and safetensors: written files are read back, and damaged ones are rejected.

import ByteStreams
import Failures
import Interchange
import Tensor
import TensorFile
import Testing

private let sample: [String: Column] = [
  "x": .dense(Tensor((0..<24).map(Float.init), shape: [4, 3, 2])),
  "y": .dense(Tensor([Int64.min, -1, 0, Int64.max])),
  "flag": .dense(Tensor([UInt8(0), 1, 2, 255])),
  "value": .dense(Tensor([0.1, -.infinity, 5e300, 1 / 3.0])),
  "ids": ids([[1, 2], [], [3], [4, 5, 6]]),
  "text": text(["a", "", "中文", "x\ny"]),
]

private func npy(
  _ type: String, _ shape: String, _ data: [UInt8], order: String = "False", version: UInt8 = 1
) -> [UInt8] {
  let dictionary = Array("{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n".utf8)
  let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: dictionary.count >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + dictionary + data
}

private func read(_ bytes: [UInt8]) throws -> Tensor? {
  try columns(NpyRows(spool(bytes), column: "x", named: "a.npy"))["x"]?.tensor
}

@Suite struct NpyTests {
  @Test func `an array is read back, and begins at a multiple of 64`() throws {
    let tensor = Tensor((0..<6).map(Float.init), shape: [3, 2])
    let bytes = try gathered { try writeNpy(ReadyRows(["x": tensor]), to: $0) }
    #expect(bytes.count == 128 + 24)
    #expect(try read(bytes) == tensor)
  }

  @Test func `zero rows keep their shape`() throws {
    let tensor = Tensor([Double](), shape: [0, 5])
    #expect(try read(gathered { try writeNpy(ReadyRows(["x": tensor]), to: $0) }) == tensor)
  }

  @Test(arguments: [UInt8(1), 2, 3]) func `all versions are read`(version: UInt8) throws {
    #expect(
      try read(npy("<i4", "(2,)", [1, 0, 0, 0, 2, 0, 0, 0], version: version)) == Tensor([Int32(1), 2]))
  }

  @Test func `NumPy's types are converted`() throws {
    #expect(try read(npy("|i1", "(2,)", [255, 3])) == Tensor([Int32(-1), 3]))
    #expect(try read(npy(">i2", "(2,)", [0xFF, 0xFE, 1, 0])) == Tensor([Int32(-2), 256]))
    #expect(try read(npy("<u2", "(1,)", [0xFF, 0xFF])) == Tensor([Int32(65535)]))
    #expect(try read(npy("<u4", "(1,)", [0xFF, 0xFF, 0xFF, 0xFF])) == Tensor([Int64(4_294_967_295)]))
    #expect(try read(npy("|b1", "(2,)", [0, 1])) == Tensor([UInt8(0), 1]))
    #expect(try read(npy(">f4", "(1,)", [0x3F, 0x80, 0, 0])) == Tensor([Float(1)]))
    #expect(
      try read(npy("<f2", "(4,)", [0, 0x3C, 0, 0xC0, 1, 0, 0, 0x7C]))
        == Tensor([1, -2, 0x1p-24, Float.infinity]))
    #expect(try read(npy("<i8", "()", [7, 0, 0, 0, 0, 0, 0, 0])) == Tensor([Int64(7)]))
  }

  @Test func `Fortran order is transposed`() throws {
    let turned = npy("|u1", "(2, 3)", [1, 4, 2, 5, 3, 6], order: "True")
    #expect(try read(turned) == Tensor([UInt8(1), 2, 3, 4, 5, 6], shape: [2, 3]))
    let cube = npy("|u1", "(2, 2, 2)", [0, 4, 2, 6, 1, 5, 3, 7], order: "True")
    #expect(try read(cube) == Tensor([UInt8(0), 1, 2, 3, 4, 5, 6, 7], shape: [2, 2, 2]))
  }

  @Test(arguments: [
    (npy("|O", "(1,)", []), "pickled Python objects"), (npy("<U3", "(1,)", []), "text"),
    (npy("<c8", "(1,)", []), "complex numbers"), (npy("<M8[D]", "(1,)", []), "can't be converted"),
    (npy("<u8", "(1,)", [UInt8](repeating: 255, count: 8)), "exceeds the range"),
    (npy("<i4", "(2,)", [1, 0, 0, 0]), "truncated"), (npy("|u1", "(1,)", [1, 2]), "bytes after the end"),
    (npy("<f8", "(9999999999, 9999999999, 99)", []), "too large for any memory"),
    (npy("<f8", "(2, 999999999)", []), "larger than 256 MiB"),
    (npy("|i1", "(1, 4611686018427387904)", []), "larger than 256 MiB"),
    (npy("<f8", "(9999999999999,)", []), "truncated"),
    (npy("|u1", "(9999999999999, 0)", []), "no elements"), (npy("|u1", "(-1,)", []), "can't be read"),
    (npy("|u1", "(1", []), "can't be read"), (npy("|u1", "(1,)", [1], version: 9), "version 9"),
    ([], "truncated"),
    (Array("{\"a\": 1} and more".utf8), "not a npy file"),
    ([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255], "1 MiB"),
  ])
  func `unsupported files are reported`(bytes: [UInt8], message: String) {
    let error = #expect(throws: Failure.self) { try read(bytes) }
    #expect(error?.kind == .data)
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func `a npy file contains one dense column`() throws {
    let two = ReadyRows(["a": Tensor([1.0]), "b": Tensor([2.0])])
    #expect(throws: Failure.self) { try gathered { try writeNpy(two, to: $0) } }
    let uneven = ReadyRows([Chunk(["t": text(["a"])], rows: 1)])
    #expect(throws: Failure.self) { try gathered { try writeNpy(uneven, to: $0) } }
    let one = try ChosenColumns(two, names: ["b"])
    #expect(try read(gathered { try writeNpy(one, to: $0) }) == Tensor([2.0]))
  }
}

@Suite struct NpzTests {
  @Test func `all columns and side tensors are read back`() throws {
    let header = StreamHeader(
      kind: "sequences", metadata: ["rnn.note": "{\"a\":1}"], side: ["rnn.scale.factor": Tensor([1.5, 2.5])])
    let rows = ReadyRows([Chunk(sample, rows: 4)], header: header)
    let bytes = try gathered { try writeNpz(rows, to: $0) }
    let back = try NpzRows(spool(bytes), named: "a.npz")
    #expect(try columns(back) == sample)
    #expect(back.header == header)
    #expect(try gathered { try writeNpz(rows, to: $0) } == bytes)
  }

  @Test func `chunks are joined`() throws {
    let rows = ReadyRows(
      (0..<3).map {
        Chunk(
          ["x": .dense(Tensor([Int32($0)])), "t": ids([[1], [2, 3], []].map { $0 })].filter { $0.key == "x" },
          rows: 1)
      })
    let back = try NpzRows(spool(gathered { try writeNpz(rows, to: $0) }), named: "a.npz")
    #expect(try columns(back)["x"]?.tensor == Tensor([Int32(0), 1, 2]))
  }

  @Test func `damage is reported`() throws {
    let bytes = try gathered { try writeNpz(ReadyRows([Chunk(sample, rows: 4)]), to: $0) }
    for count in [0, 3, 40, bytes.count / 2] {
      #expect(throws: Failure.self) { try columns(NpzRows(spool(Array(bytes[..<count])), named: "a.npz")) }
    }
  }

  @Test func `arrays of different lengths are weights, or selected individually`() throws {
    let side = ["a": Tensor([1.0]), "b": Tensor([1.0, 2])]
    let bytes = try gathered {
      try writeNpz(ReadyRows([], header: StreamHeader(kind: "", side: side)), to: $0)
    }
    let loose = try NpzRows(spool(bytes), named: "a.npz")
    #expect(loose.schema.isEmpty)
    #expect(loose.header.side == side)
    #expect(
      try columns(NpzRows(spool(bytes), columns: ["b"], named: "a.npz"))["b"]?.tensor == Tensor([1.0, 2]))
    let error = #expect(throws: Failure.self) {
      try NpzRows(spool(bytes), columns: ["a", "b"], named: "a.npz")
    }
    #expect(error?.problem == "the columns differ in rows: a has 1, b has 2")
    #expect(throws: Failure.self) { try NpzRows(spool(bytes), columns: ["c"], named: "a.npz") }
  }

  @Test(arguments: [[Int32(1), -1, 2], [1, 1, 1], [2, 2, 2]]) func `lengths must add up`(lengths: [Int32])
    throws
  {
    let header = StreamHeader(kind: "", side: ["t.values": Tensor([1.0, 2]), "t.lengths": Tensor(lengths)])
    let bytes = try gathered { try writeNpz(ReadyRows([], header: header), to: $0) }
    let isRight = lengths.allSatisfy { $0 >= 0 } && lengths.reduce(0, +) == 2
    #expect(!isRight)
    #expect(throws: Failure.self) { try columns(NpzRows(spool(bytes), named: "a.npz")) }
  }
}

@Suite struct SafetensorsTests {
  @Test func `a document contains everything`() throws {
    let header = StreamHeader(
      kind: "windows", metadata: ["rnn.note": "\"q\""], side: ["rnn.scale.offset": Tensor([2.5])])
    let rows = ReadyRows([Chunk(sample, rows: 4)], header: header)
    let bytes = try gathered { try writeSafetensors(rows, to: $0) }
    let reader = try TensorReader(MemorySource(bytes), named: "a.safetensors")
    #expect(reader.header.metadata["rnn.note"] == "\"q\"")
    #expect(reader.header.kind == "windows")
    #expect(reader.header.side == header.side)
    #expect(try columns(PassingRows(reader)) == sample)
  }
}
