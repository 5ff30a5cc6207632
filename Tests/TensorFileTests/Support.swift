// Shared by the tests of streams: reading a stream in memory, and tools that may be installed.

import ByteStreams
import Failures
import Foundation
import StreamSamples
import Tensor
import TensorFile

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
