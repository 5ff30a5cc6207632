// Shared by the tests of streams: streams in memory, sample data, and tools that may be installed.

import ByteStreams
import Failures
import Foundation
import RandomNumbers
import Tensor
import TensorFile

/// Collects the bytes written.
final class MemorySink: ByteSink {
  private(set) var bytes: [UInt8] = []
  func write(_ more: [UInt8]) throws { bytes += more }
}

/// Returns bytes in pieces of a fixed size, as pipes do.
struct DrippingSource: ByteSource {
  var rest: ArraySlice<UInt8>
  let size: Int

  init(_ bytes: [UInt8], size: Int) {
    rest = bytes[...]
    self.size = size
  }

  mutating func read(upTo count: Int) throws -> [UInt8] {
    defer { rest = rest.dropFirst(min(size, count)) }
    return Array(rest.prefix(min(size, count)))
  }
}

let sampleOrigin = Provenance(run: "0193f2", stage: "rnn-pad", version: "0.1.0", host: "here")

/// A stream of `chunks` in memory.
func stream(
  _ chunks: [Chunk], header: StreamHeader = StreamHeader(kind: "padded"), chunkBytes: Int = 1 << 22,
  provenance: Provenance? = sampleOrigin, onDocument: (([UInt8]) throws -> Void)? = nil
) throws -> [UInt8] {
  let sink = MemorySink()
  let writer = TensorWriter(sink, header: header, chunkBytes: chunkBytes)
  writer.onDocument = onDocument
  for chunk in chunks { try writer.write(chunk) }
  try writer.finish(provenance)
  return sink.bytes
}

/// The complete contents of a stream.
struct Contents: Equatable {
  let header: StreamHeader
  let rows: Chunk
  let provenance: [Provenance]
}

func read(_ bytes: [UInt8], limits: StreamLimits = .stream) throws -> Contents {
  try read(MemorySource(bytes), limits: limits)
}

func read(_ source: any ByteSource, limits: StreamLimits = .stream) throws -> Contents {
  let reader = try TensorReader(source, named: "input", limits: limits)
  let rows = try reader.readAll()
  return Contents(header: reader.header, rows: rows, provenance: reader.provenance)
}

/// The failure of reading `bytes` to the end; nil if it succeeds.
func refusal(_ bytes: [UInt8], limits: StreamLimits = .stream) -> Failure? {
  do {
    _ = try read(bytes, limits: limits)
    return nil
  } catch let failure as Failure {
    return failure
  } catch {
    return Failure(.software, "\(error)")
  }
}

/// `count` rows with a column of every kind.
func sampleRows(_ count: Int, seed: UInt64 = 1) -> Chunk {
  var random = RandomStream(seed: seed)
  let lengths = (0..<count).map { _ in Int32(random.index(below: 6)) }
  let total = lengths.reduce(0) { $0 + Int($1) }
  return Chunk(
    [
      "text": .ragged(
        Ragged(values: Tensor((0..<total).map { _ in UInt8(random.index(below: 256)) }), lengths: lengths)),
      "x": .dense(Tensor((0..<count * 6).map { _ in Float(random.normal()) }, shape: [count, 3, 2])),
      "series": .dense(Tensor((0..<count).map { _ in random.normal() })),
      "time": .dense(Tensor((0..<count).map { Int64($0) * 3600 })),
      "y": .dense(Tensor((0..<count).map { _ in Int32(random.index(below: 10)) }, shape: [count, 1])),
      "split": .dense(Tensor((0..<count).map { _ in UInt8(random.index(below: 3)) })),
    ], rows: count)
}

let sampleHeader = StreamHeader(
  kind: "padded", metadata: ["rnn.padding": #"{"length":3}"#, "note": "of no concern"],
  side: [
    "rnn.classes.values": Tensor(Array("negpos".utf8)), "rnn.classes.lengths": Tensor([3, 3] as [Int32]),
  ])

// MARK: - Frames

/// The frames of a stream in memory, cut by its seek table; the last one is the table.
func frames(_ bytes: [UInt8]) -> [[UInt8]] {
  let footer = bytes.count - 9
  let count = Int(word(bytes, footer))
  let table = footer - 12 * count
  var frames: [[UInt8]] = []
  var offset = 0
  for index in 0..<count {
    let size = Int(word(bytes, table + 12 * index))
    frames.append(Array(bytes[offset..<offset + size]))
    offset += size
  }
  return frames + [Array(bytes[offset...])]
}

/// The 32-bit number at `offset`.
func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
  (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
}

func littleEndian(_ number: UInt64, bytes count: Int = 8) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
}

/// A safetensors document of a header's text and as many data bytes.
func document(_ header: [UInt8], data count: Int) -> [UInt8] {
  littleEndian(UInt64(header.count)) + header + [UInt8](repeating: 1, count: count)
}

// MARK: - Tools

/// Runs a shell command with `input` on its standard input.
func shell(_ command: String, input: [UInt8] = []) throws -> (output: [UInt8], status: Int32) {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("input")
  try Data(input).write(to: file)
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/sh")
  process.arguments = ["-c", command]
  process.standardInput = try FileHandle(forReadingFrom: file)
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  try process.run()
  let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
  process.waitUntilExit()
  return (bytes, process.terminationStatus)
}

/// Whether a shell command succeeds.
func works(_ command: String) -> Bool { (try? shell(command).status) == 0 }

/// The cases in a text file next to the tests: lines of fields separated by tabs; `#` begins a comment.
func cases(_ name: String, file: String = #filePath) throws -> [[String]] {
  let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Cases")
  let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
    line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }
}

/// The bytes of a case's text, in which `\xNN` is one byte.
func unescaped(_ text: String) -> [UInt8] {
  var bytes: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.first {
    if rest.starts(with: Array(#"\x"#.utf8)), rest.count >= 4,
      let value = UInt8(String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self), radix: 16)
    {
      bytes.append(value)
      rest = rest.dropFirst(4)
    } else {
      bytes.append(byte)
      rest = rest.dropFirst()
    }
  }
  return bytes
}
