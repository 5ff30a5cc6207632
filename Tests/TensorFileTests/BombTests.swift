// Input that declares or decompresses to far more than its size: rejected immediately, and with little memory.

import ByteStreams
import Failures
import Foundation
import StreamSamples
import Tensor
import TensorFile
import Testing

private let hasZstd = works("command -v zstd")

@Suite(.serialized) struct BombTests {
  private func header(shape: String, end: String, type: String = "U8") -> [UInt8] {
    Array(#"{"x":{"dtype":"\#(type)","shape":[\#(shape)],"data_offsets":[0,\#(end)]}}"#.utf8)
  }

  /// The peak memory of this process, in MiB.
  private func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
    return try #require(Int(line.split(separator: " ").dropLast().last ?? "")) >> 10
  }

  private func expectRefusal(_ bytes: [UInt8], within seconds: Double = 1) throws {
    let memory = try peakMemory()
    let clock = ContinuousClock()
    let time = clock.measure { #expect(refusal(bytes)?.kind == .data) }
    #expect(time < .seconds(seconds))
    #expect(try peakMemory() < memory + 64)
  }

  @Test(arguments: [
    ("9977313098399744", "9977313098399744"), ("4294967292", "4294967292"), ("268435457", "268435457"),
    ("4611686018427387904,4", "0"), ("1099511627776,1099511627776", "16"),
  ]) func declaredSizesAreNotTrusted(shape: String, end: String) throws {
    let bytes = document(header(shape: shape, end: end), data: 900)
    try expectRefusal(bytes)
    if hasZstd { try expectRefusal(shell("zstd -c", input: bytes).output) }
  }

  /// A declared size within the limits costs no memory before the data has arrived.
  @Test func declaredSizesWithinTheLimitWaitForTheData() throws {
    try expectRefusal(document(header(shape: "268000000", end: "268000000"), data: 900))
    let model =
      #"{"__metadata__":{"rnn.kind":"model"},"x":{"dtype":"U8","shape":[1000000000],"data_offsets":[0,1000000000]}}"#
    try expectRefusal(document(Array(model.utf8), data: 900))
  }

  @Test(
    .enabled(if: hasZstd),
    arguments: [
      "head -c 1000000000 /dev/zero", "yes '{'",
      "printf '\\377\\377\\377\\377\\377\\377\\377\\377{'; head -c 300000000 /dev/zero",
      "printf '\\377\\377\\377\\0\\0\\0\\0\\0{'; head -c 300000000 /dev/zero",
    ]) func endlessDataIsRejected(command: String) throws
  {
    try expectRefusal(shell("(\(command)) | head -c 300000000 | zstd -c --check").output)
  }

  @Test(.enabled(if: hasZstd)) func additionalDataIsRejected() throws {
    let file = document(header(shape: "8", end: "8"), data: 8)
    try expectRefusal(shell("(cat; head -c 300000000 /dev/zero) | zstd -c --check", input: file).output)
  }

  @Test(.enabled(if: hasZstd)) func largeWindowsAreRefused() throws {
    let bytes = try stream([Chunk(["x": Tensor([Float](repeating: 0, count: 3 << 20))])], chunkBytes: 1 << 24)
    let wide = try shell("zstd -dc | zstd -c --check --ultra --long=27 -22", input: bytes).output
    let refusal = refusal(wide)
    #expect(refusal?.problem.contains("window") == true, "\(String(describing: refusal))")
    try expectRefusal(wide)
  }

  /// Frame headers that declare a content of 2^62 bytes, a window of 2^41, a dictionary, or no checksum.
  @Test(
    arguments: [
      [0xE4] + [0, 0, 0, 0, 0, 0, 0, 0x40], [0x04, 0xF8], [0x07, 0x58, 1, 0, 0, 0], [0x00, 0x58],
      [0x0C, 0x58],
    ] as [[UInt8]]) func frameHeadersAreChecked(header: [UInt8]) throws
  {
    try expectRefusal([0x28, 0xB5, 0x2F, 0xFD] + header + [UInt8](repeating: 0, count: 900))
  }

  @Test func tablesAndProvenanceAreVerified() throws {
    let parts = try frames(stream([sampleRows(3)]))
    let huge: [UInt8] = [0xF0, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 900)
    try expectRefusal(parts[0] + [0x50, 0x2A, 0x4D, 0x18] + huge)
    try expectRefusal(parts[0] + parts[1] + [0x5E, 0x2A, 0x4D, 0x18] + huge)
  }

  /// The reader keeps one chunk in memory at a time, however long the stream is.
  @Test func longStreamsNeedLittleMemory() throws {
    let rows = Chunk(["x": Tensor((0..<1 << 18).map(Float.init), shape: [256, 1024])])
    let bytes = try stream([Chunk](repeating: rows, count: 96))
    let memory = try peakMemory()
    let reader = try TensorReader(MemorySource(bytes), named: "input")
    try reader.finish()
    #expect(reader.rowsRead == 96 * 256)
    #expect(try peakMemory() < memory + 48)
  }
}
