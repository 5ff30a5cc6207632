// Tables and JSON Lines: written files are read back, types are inferred, and errors are reported with their line.

import Failures
import Interchange
import Tensor
import TensorFile
import Testing

private func table(_ text: String, _ style: TableStyle = .csv, types: [String: ElementType] = [:]) throws
  -> [String: Column]
{
  try columns(TableRows(spool(text), style: style, types: types, named: "a.csv"))
}

private func lines(_ text: String, types: [String: ElementType] = [:]) throws -> [String: Column] {
  try columns(JSONLinesRows(spool(text), types: types, named: "a.jsonl"))
}

private func string(_ write: (@escaping ([UInt8]) throws -> Void) throws -> Void) throws -> String {
  String(decoding: try gathered(write), as: UTF8.self)
}

@Suite struct TableTests {
  @Test func `columns are spread over numbered names`() throws {
    let rows = ReadyRows([
      "x": Tensor([Float(0.1), 2, 3, .nan], shape: [2, 2]), "y": Tensor([Int64(7), 8]),
      "z": Tensor([UInt8(1), 2, 3, 4], shape: [2, 2, 1]), "time": Tensor([Int64(0), 3600]),
    ])
    #expect(
      try string { try writeTable(rows, style: .csv, to: $0) } == """
        time,x.0,x.1,y,z.0.0,z.1.0
        0,0.1,2.0,7,1,2
        3600,3.0,nan,8,3,4

        """)
  }

  @Test func `a series keeps its columns' names`() throws {
    let header = StreamHeader(kind: "series", metadata: ["rnn.columns": #"["load","温度"]"#])
    let rows = ReadyRows([Chunk(["x": Tensor([1.5, 2], shape: [1, 2])])], header: header)
    #expect(try string { try writeTable(rows, style: .tsv, to: $0) } == "load\t温度\n1.5\t2.0\n")
  }

  @Test(arguments: [TableStyle.csv, .tsv]) func `written rows are read back`(style: TableStyle) throws {
    let sample: [String: Column] = [
      "x": .dense(Tensor([0.1, -2, 1e300, 4], shape: [2, 2, 1])), "n": .dense(Tensor([Int64(7), -8])),
      "text": text(["a,\"b\"\tc\\n\nd", ""]), "split": .dense(Tensor([UInt8(0), 2])),
    ]
    let written = try string { try writeTable(ReadyRows([Chunk(sample, rows: 2)]), style: style, to: $0) }
    #expect(try table(written, style) == sample)
  }

  @Test func `ragged numbers are rejected with a remedy`() throws {
    let rows = ReadyRows([Chunk(["x": ids([[1]])], rows: 1)])
    let error = #expect(throws: Failure.self) { try string { try writeTable(rows, style: .csv, to: $0) } }
    #expect(error?.remedy == "write jsonl, or pad the rows with rnn-pad")
  }

  @Test func `types are inferred`() throws {
    let read = try table("a,b,c,d\n1,1,x,\n2,,2,0.5\n")
    #expect(read["a"]?.tensor == Tensor([Int64(1), 2]))
    #expect(read["b"]?.tensor?.type == .f64)
    #expect(read["b"]?.tensor?.doubles[1].isNaN == true)
    #expect(read["c"] == text(["x", "2"]))
    #expect(read["d"]?.tensor?.doubles[1] == 0.5)
  }

  @Test func `types can be given`() throws {
    let read = try table("a,x.0,x.1\n1,2,3\n", types: ["x": .f32, "a": .i32])
    #expect(read == ["a": .dense(Tensor([Int32(1)])), "x": .dense(Tensor([Float(2), 3], shape: [1, 2]))])
    #expect(throws: Failure.self) { try table("a\n300\n", types: ["a": .u8]) }
    #expect(throws: Failure.self) { try table("a\nx\n", types: ["a": .f32]) }
    #expect(throws: Failure.self) { try table("a\n1\n", types: ["b": .f32]) }
  }

  @Test func `names that only look numbered are not grouped`() throws {
    #expect(try table("x.1,x.2\n1,2\n").keys.sorted() == ["x.1", "x.2"])
    #expect(try table("x.0,y,x.1\n1,2,3\n").keys.sorted() == ["x.0", "x.1", "y"])
    #expect(try table("x.0,x.2\n1,2\n").keys.sorted() == ["x.0", "x.2"])
    #expect(try table("x.00,v1.5\n1,2\n").keys.sorted() == ["v1.5", "x.00"])
  }

  @Test func `a header without rows has zero rows`() throws {
    #expect(try table("a,b\n")["a"]?.rows == 0)
  }

  @Test(arguments: [
    ("", "no input"), ("a,b\n1\n", "line 2"), ("rnn.x\n1\n", "can't be called"),
    ("a,a\n1,2\n", "two columns"),
  ])
  func `errors are reported`(text: String, message: String) {
    let error = #expect(throws: Failure.self) { try table(text) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}

@Suite struct JSONLinesTests {
  @Test func `rows are objects`() throws {
    let chunk = Chunk(
      [
        "x": .dense(Tensor([Float(0.1), .infinity, 3, 4], shape: [1, 2, 2])),
        "n": .dense(Tensor([Int32(-1)])),
        "ids": ids([[5, 6, 7]]), "text": text(["a\"\n中"]),
      ], rows: 1)
    #expect(
      try string { try writeJSONLines(ReadyRows([chunk]), to: $0) }
        == #"{"ids":[5,6,7],"n":-1,"text":"a\"\n中","x":[[0.1,null],[3.0,4.0]]}"# + "\n")
  }

  @Test func `written rows are read back`() throws {
    let sample: [String: Column] = [
      "x": .dense(Tensor([0.1, -2, 3, 4], shape: [2, 2])), "n": .dense(Tensor([Int64(7), .max])),
      "ids": .ragged(Ragged(values: Tensor([Int64(1), 2, 3]), lengths: [3, 0])),
      "text": text(["", "é\u{0}"]),
    ]
    let written = try string { try writeJSONLines(ReadyRows([Chunk(sample, rows: 2)]), to: $0) }
    #expect(try lines(written) == sample)
  }

  @Test func `forms are inferred`() throws {
    let read = try lines(
      """
      {"flag": true, "mixed": 1, "r": [[1, 2]], "e": [], "n": null}

      {"flag": false, "mixed": 1.5, "r": [[3, 4], [5, 6]], "e": [7], "n": 2}
      """)
    #expect(read["flag"]?.tensor == Tensor([UInt8(1), 0]))
    #expect(read["mixed"]?.tensor == Tensor([1, 1.5]))
    #expect(
      read["r"]
        == .ragged(Ragged(values: Tensor([Int64(1), 2, 3, 4, 5, 6], shape: [3, 2]), lengths: [1, 2])))
    #expect(read["e"] == .ragged(Ragged(values: Tensor([Int64(7)]), lengths: [0, 1])))
    #expect(read["n"]?.tensor?.doubles[0].isNaN == true)
  }

  @Test(arguments: [
    ("", "no input"), ("[1]\n", "line 1: this is not a JSON object"),
    ("{\"a\":1}\n{\"b\":1}\n", "line 2: the key a"),
    ("{\"a\":1}\n{\"a\":\"x\"}\n", "line 2, key a: this is of another kind"),
    ("{\"a\":[1,[2]]}\n", "regular array"),
    ("{\"a\":[[1],[2,3]]}\n", "regular array"), ("{\"a\":[[],[2]]}\n", "regular array"),
    ("{\"a\":{}}\n", "regular array"),
    ("{\"a\":[1]}\n{\"a\":1}\n", "shape differs"), ("{\"a\":[[1]]}\n{\"a\":[[1,2]]}\n", "shape differs"),
    ("{\"a\":1}\n{\"a\":\n", "line 2"), ("{\"rnn.a\":1}\n", "can't be called"),
    ("{\"a\":[1,\"x\"]}\n", "the list has text"),
    ("{}\n", "no input"),
  ])
  func `errors are reported with their line`(text: String, message: String) {
    let error = #expect(throws: Failure.self) { try lines(text) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func `types can be given`() throws {
    #expect(
      try lines("{\"a\":[1,2]}\n", types: ["a": .f32])["a"]?.tensor == Tensor([Float(1), 2], shape: [1, 2]))
    #expect(throws: Failure.self) { try lines("{\"a\":1.5}\n", types: ["a": .i32]) }
  }
}

@Suite struct FileFormatTests {
  @Test func `names determine formats`() {
    let known: [String: FileFormat] = [
      "a.npy": .npy, "b/c.NPZ": .npz, "x.csv": .csv, "x.tab": .tsv, "x.ndjson": .jsonl,
      "m.safetensors": .safetensors,
      "d.tensors.zst": .stream,
    ]
    for (path, format) in known { #expect(FileFormat(path: path) == format) }
    for path in ["", "csv", "a.txt", "a.csv/b"] { #expect(FileFormat(path: path) == nil) }
  }
}
