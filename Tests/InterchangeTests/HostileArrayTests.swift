// Hostile and large npy and npz files: what they cost is linear in their size, what they declare is not believed, and
// arrays in Fortran order are read in pieces.

import Archives
import ByteStreams
import Failures
import Interchange
import Tensor
import TensorFile
import Testing

private func npy(_ type: String, _ shape: String, _ data: [UInt8], fortran: Bool = false) -> [UInt8] {
  let order = fortran ? "True" : "False"
  let text = Array("{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n".utf8)
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count % 256), UInt8(text.count / 256)] + text + data
}

private func npz(_ arrays: [(name: String, bytes: [UInt8])]) throws -> [UInt8] {
  try gathered { sink in
    let zip = try ZipWriter(sink)
    for (name, bytes) in arrays {
      try zip.begin("\(name).npy", size: bytes.count)
      try zip.write(bytes)
    }
    try zip.finish()
  }
}

@Suite struct HostileArrayTests {
  @Test func `an archive of many arrays is read once`() throws {
    let names = (0..<3000).map { "a\($0)" }
    let bytes = try npz(names.enumerated().map { ($1, npy("|u1", "(2,)", [UInt8($0 % 256), 7])) })
    let start = ContinuousClock.now
    let read = try columns(NpzRows(spool(bytes), named: "a.npz"))
    #expect(read.count == 3000)
    #expect(read["a2999"]?.tensor == Tensor([UInt8(2999 % 256), 7]))
    #expect(start.duration(to: .now) < .seconds(10))
  }

  @Test func `arrays of many different lengths are read once`() throws {
    let bytes = try npz(
      (1...1000).map { ("a\($0)", npy("|u1", "(\($0),)", [UInt8](repeating: 1, count: $0))) })
    let read = try NpzRows(spool(bytes), named: "a.npz")
    #expect(read.schema.isEmpty && read.header.side.count == 1000)
    #expect(read.header.side["a3"] == Tensor([UInt8(1), 1, 1]))
  }

  @Test func `arrays beyond the limit are rejected before they are read`() throws {
    let bytes = try npz([
      ("a", npy("|u1", "(70000000,)", [1, 2, 3])), ("b", npy("<f8", "(1,)", [UInt8](repeating: 0, count: 8))),
    ])
    let error = #expect(throws: Failure.self) { try NpzRows(spool(bytes), named: "a.npz") }
    #expect(error?.problem == "the arrays that are not rows of a table take more than 64 MiB")
    let chosen = #expect(throws: Failure.self) {
      try columns(NpzRows(spool(bytes), columns: ["a"], named: "a.npz"))
    }
    #expect(chosen?.problem == "the input is truncated")
  }

  @Test func `rows that are wide together are rejected`() throws {
    let arrays = ["a", "b"].map { ($0, npy("|u1", "(9, 200000000)", [])) }
    let error = #expect(throws: Failure.self) { try NpzRows(spool(npz(arrays)), named: "a.npz") }
    #expect(error?.problem == "one row of all columns is larger than 256 MiB")
  }

  @Test func `long rows of a ragged column are read a few at a time`() throws {
    let lengths: [Int32] = [20_000_000, 0, 3, 20_000_000]
    let values = [UInt8](repeating: 5, count: 40_000_003)
    let bytes = try npz([
      ("t.values", npy("|u1", "(40000003,)", values)),
      (
        "t.lengths",
        npy("<i4", "(4,)", lengths.flatMap { n in (0..<4).map { UInt8(truncatingIfNeeded: n >> (8 * $0)) } })
      ),
    ])
    var chunks: [[Int32]] = []
    try NpzRows(spool(bytes), named: "a.npz").chunks { chunk in
      chunks.append(try #require(chunk.columns["t"]?.ragged).lengths)
    }
    #expect(chunks == [[20_000_000], [0, 3], [20_000_000]])
  }

  /// Shapes whose arrays are rewritten in one piece and in several, by rows and by columns.
  @Test(arguments: [
    [7, 5], [5, 7], [1, 9], [9, 1], [0, 4], [3, 4, 5], [2, 3, 4, 5], [3000, 2900], [2900, 3000],
    [2, 3000, 1500],
    [1_500_000, 3, 2],
  ]) func `Fortran order is read in pieces`(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    // Elements of two bytes: the lower half of each element's position in C order.
    var data = [UInt8](repeating: 0, count: 2 * count)
    let strides = shape.indices.map { shape[..<$0].reduce(1, *) }
    for number in 0..<count {
      var (rest, place) = (number, 0)
      for axis in shape.indices.reversed() {
        place += rest % shape[axis] * strides[axis]
        rest /= shape[axis]
      }
      (data[2 * place], data[2 * place + 1]) = (UInt8(number & 255), UInt8(number >> 8 & 255))
    }
    let list = shape.map(String.init).joined(separator: ", ")
    let file = try spool(npy("<u2", "(\(list))", data, fortran: true))
    let read = try #require(try columns(NpyRows(file, column: "x", named: "a.npy"))["x"]?.tensor)
    #expect(read.shape == shape)
    let expected = (0..<count).map { Int32($0 & 0xFFFF) }
    #expect(read.values(as: Int32.self) == expected)
  }
}
