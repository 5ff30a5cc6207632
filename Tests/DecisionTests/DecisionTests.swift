// The same answer as others: inputs of four formats are read or refused as the lists in the folder Cases say, which the
// reference implementations confirm where they are installed. Each difference from them is in a list.

import ByteStreams
import Failures
import Foundation
import Interchange
import JSON
import OperatingSystem
import Sequences
import StreamSamples
import TensorFile
import Testing

private let safetensors = ReferenceImplementation(
  imports: "import safetensors", reading: "safetensors.deserialize(data) and 'read' or 'read'")
private let json = ReferenceImplementation(
  imports: """
    import json
    def standard(word): raise ValueError(word)
    """,
  reading: "json.loads(data.decode('utf-8'), parse_constant=standard) and 'read' or 'read'")
private let numpy = ReferenceImplementation(
  imports: "import io, numpy", reading: "numpy.load(io.BytesIO(data)).size and 'read' or 'read'")
private let csv = ReferenceImplementation(
  imports: "import csv, io, json",
  reading: """
    json.dumps([row for row in csv.reader(io.StringIO(data.decode('utf-8'), newline=''), strict=True) if row], \
    ensure_ascii=False, separators=(',', ':'))
    """)

@Suite struct DecisionTests {
  @Test func `safetensors as listed`() throws {
    let list = try Decision.list("safetensors.txt")
    #expect(list.count > 240)
    try expect(list) { _ = try SafetensorsDocument(parsing: document($0)) }
  }

  @Test(.enabled(if: safetensors.isInstalled)) func `safetensors as in its Rust library`() throws {
    try expectSame(try Decision.list("safetensors.txt"), safetensors, document)
  }

  @Test func `JSON as listed`() throws {
    let list = try Decision.list("json.txt")
    #expect(list.count > 240)
    try expect(list) { _ = try JSONValue(parsing: $0.fields[0]) }
  }

  @Test(.enabled(if: json.isInstalled)) func `JSON as in Python`() throws {
    try expectSame(try Decision.list("json.txt"), json) { $0.fields[0] }
  }

  @Test func `npy as listed`() throws {
    let list = try Decision.list("npy.txt")
    #expect(list.count > 80)
    try expect(list) { decision in
      let file = try TemporaryFile(copying: MemorySource(array(decision)))
      try NpyRows(file, column: "x", named: "a.npy").chunks { _ in }
    }
  }

  @Test(.enabled(if: numpy.isInstalled)) func `npy as in NumPy`() throws {
    try expectSame(try Decision.list("npy.txt"), numpy, array)
  }

  @Test func `CSV as listed`() throws {
    let list = try Decision.list("csv.txt")
    #expect(list.count > 60)
    try expect(list) { decision in
      let records = try JSONValue(parsing: decision.fields[1])
      #expect(try self.records(decision.fields[0]) == records, "\(decision.line)")
    }
  }

  @Test(.enabled(if: csv.isInstalled)) func `CSV as in Python`() throws {
    let list = try Decision.list("csv.txt")
    for (decision, answer) in zip(list, try csv.read(list.map { $0.fields[0] })) {
      let records = String(decoding: decision.fields[1], as: UTF8.self)
      #expect((answer == "refused") == !decision.verdict.isReadByReference, "\(decision.line): \(answer)")
      if decision.verdict == .accept { #expect(answer == records) }
    }
  }

  // MARK: Comparisons

  /// Reads each input, and compares whether that fails with the verdict.
  private func expect(_ list: [Decision], _ read: (Decision) throws -> Void) throws {
    for decision in list {
      do {
        try read(decision)
        #expect(decision.verdict.isReadHere, "read: \(decision.line)")
      } catch let failure as Failure {
        #expect(!decision.verdict.isReadHere, "\(failure.problem): \(decision.line)")
        #expect(failure.kind == .data, "\(decision.line)")
      }
    }
  }

  private func expectSame(
    _ list: [Decision], _ reference: ReferenceImplementation, _ input: (Decision) -> [UInt8]
  ) throws {
    for (decision, answer) in zip(list, try reference.read(list.map(input))) {
      #expect((answer != "refused") == decision.verdict.isReadByReference, "\(answer): \(decision.line)")
    }
  }

  // MARK: Inputs

  /// A safetensors document: the number of data bytes, and the header.
  private func document(_ decision: Decision) -> [UInt8] {
    littleEndian(UInt64(decision.fields[1].count)) + decision.fields[1]
      + [UInt8](repeating: 1, count: Int(String(decoding: decision.fields[0], as: UTF8.self)) ?? 0)
  }

  /// A npy file of version 1: the number of data bytes, and the header.
  private func array(_ decision: Decision) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndian(UInt64(decision.fields[1].count), bytes: 2)
      + decision.fields[1]
      + [UInt8](repeating: 1, count: Int(String(decoding: decision.fields[0], as: UTF8.self)) ?? 0)
  }

  /// The records of a CSV file without a header.
  private func records(_ bytes: [UInt8]) throws -> JSONValue {
    var reader = try CSVReader(
      MemorySource(bytes), named: "a.csv", CSVDialect(separator: UInt8(ascii: ","), header: .absent))
    var records: [JSONValue] = []
    while let record = try reader.next() {
      records.append(.array((0..<record.count).map { .string(String(decoding: record[$0], as: UTF8.self)) }))
    }
    return .array(records)
  }
}
