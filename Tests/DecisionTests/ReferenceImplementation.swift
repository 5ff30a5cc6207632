// The reference implementation of a format, in Python, where it is installed: `$RNN_PYTHON`, else `python3`.

import Foundation
import StreamSamples
import Testing

/// A function in Python that reads one input.
struct ReferenceImplementation {
  /// Python statements that import what is needed.
  let imports: String
  /// A Python expression of `data`, the bytes of an input: what is printed of it.
  let reading: String

  private static let python = ProcessInfo.processInfo.environment["RNN_PYTHON"] ?? "python3"

  /// Whether the imports succeed.
  var isInstalled: Bool { (try? Self.run(imports, input: []))?.status == 0 }

  /// A line for each input: what is printed of it, or `refused`.
  func read(_ inputs: [[UInt8]]) throws -> [String] {
    let script = """
      import struct, sys
      \(imports)
      whole, at = sys.stdin.buffer.read(), 0
      while at < len(whole):
        size = struct.unpack_from('<Q', whole, at)[0]
        data = whole[at + 8 : at + 8 + size]
        at += 8 + size
        try: print(\(reading))
        except BaseException: print('refused')
      """
    let result = try Self.run(script, input: inputs.flatMap { littleEndian(UInt64($0.count)) + $0 })
    #expect(result.status == 0)
    let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n").map(String.init)
    try #require(lines.count == inputs.count)
    return lines
  }

  private static func run(_ script: String, input: [UInt8]) throws -> (output: Data, status: Int32) {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data(input).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, "-c", script]
    process.standardInput = try FileHandle(forReadingFrom: file)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (bytes, process.terminationStatus)
  }
}
