// Shared by the tests of this folder: rows from memory, collected bytes, joined chunks.

import ByteStreams
import Foundation
import Interchange
import OperatingSystem
import Tensor
import TensorFile

/// Rows in memory.
struct ReadyRows: RowSource {
  var header = StreamHeader(kind: "")
  let chunks: [Chunk]
  var schema: [String: ColumnSchema] { (chunks.first?.columns ?? [:]).mapValues(\.schema) }

  init(_ chunks: [Chunk], header: StreamHeader = StreamHeader(kind: "")) {
    (self.chunks, self.header) = (chunks, header)
  }

  init(_ tensors: [String: Tensor]) { self.init([Chunk(tensors)]) }

  func chunks(_ body: (Chunk) throws -> Void) throws { try chunks.forEach(body) }
}

/// All bytes written by a writer.
func gathered(_ write: (@escaping ([UInt8]) throws -> Void) throws -> Void) throws -> [UInt8] {
  final class Box { var bytes: [UInt8] = [] }
  let box = Box()
  try write { box.bytes += $0 }
  return box.bytes
}

/// Bytes as a source.
func spool(_ bytes: [UInt8]) throws -> TemporaryFile { try TemporaryFile(copying: MemorySource(bytes)) }
func spool(_ text: String) throws -> TemporaryFile { try spool(Array(text.utf8)) }

/// All rows as one chunk's columns.
func columns(_ rows: any RowSource) throws -> [String: Column] {
  var parts: [String: [Column]] = [:]
  try rows.chunks { chunk in
    for (name, column) in chunk.columns { parts[name, default: []].append(column) }
  }
  return parts.compactMapValues { columns in
    let tensors = columns.compactMap(\.tensor)
    if tensors.count == columns.count { return Tensor.joined(tensors).map(Column.dense) }
    let ragged = columns.compactMap(\.ragged)
    return Tensor.joined(ragged.map(\.values)).map {
      .ragged(Ragged(values: $0, lengths: ragged.flatMap(\.lengths)))
    }
  }
}

/// A ragged column of text.
func text(_ words: [String]) -> Column {
  let bytes = words.map { Array($0.utf8) }
  return .ragged(Ragged(values: Tensor(Array(bytes.joined())), lengths: bytes.map { Int32($0.count) }))
}

/// A ragged column of token ids.
func ids(_ rows: [[Int32]]) -> Column {
  .ragged(Ragged(values: Tensor(Array(rows.joined())), lengths: rows.map { Int32($0.count) }))
}

/// Python with NumPy, if available: `$RNN_PYTHON`, else `python3` in the path.
enum Python {
  static let path: String? = {
    let named = ProcessInfo.processInfo.environment["RNN_PYTHON"]
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let all = [named].compactMap { $0 } + folders.map { "\($0)/python3" }
    return all.first {
      FileManager.default.isExecutableFile(atPath: $0) && run("import numpy", with: $0) != nil
    }
  }()

  /// The output of `script`; nil if it fails. `arguments` are its `sys.argv[1:]`.
  static func run(_ script: String, _ arguments: [String] = [], with python: String? = path) -> String? {
    guard let python else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", script] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? text : nil
  }
}

/// A separate folder for a test.
func inTemporaryFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rnn-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}
