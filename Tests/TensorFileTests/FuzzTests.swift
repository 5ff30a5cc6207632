// Random damage, and random documents that look valid: no crash, no hang, and never different data without an error.
// RNN_FUZZ multiplies the number of trials.

import Failures
import Foundation
import JSON
import RandomNumbers
import StreamSamples
import Tensor
import TensorFile
import Testing

private let trials = 4000 * (Int(ProcessInfo.processInfo.environment["RNN_FUZZ"] ?? "") ?? 1)

/// The parts of random headers.
private let words = [
  "{", "}", "[", "]", ":", ",", "\"", "\"a\"", "\"b\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"",
  "\"F32\"",
  "\"U8\"", "\"I32\"", "\"a.values\"", "\"a.lengths\"", "\"rnn.x\"", "\"__metadata__\"", "\"rnn.kind\"",
  "\"model\"",
  "\"rnn.format\"", "\"1\"", "0", "1", "2", "4", "8", "-1", "1e3", "4611686018427387904",
  "18446744073709551615",
  " ", "\\u0000", "null", "true", "\u{E4}",
]

@Suite struct FuzzTests {
  /// A header that is valid or nearly valid.
  private func header(_ random: inout RandomStream) -> [UInt8] {
    var end = 0
    let members = (0..<random.index(below: 4)).map { _ -> String in
      let name = ["a", "b", "a.values", "a.lengths", "rnn.x", "c"][random.index(below: 6)]
      let type = ["U8", "I32", "F32", "F16", "I64"][random.index(below: 5)]
      let shape = (0..<random.index(below: 3)).map { _ in random.index(below: 4) }
      let size = shape.reduce(1, *) * ["U8": 1, "I32": 4, "F32": 4, "F16": 2, "I64": 8][type, default: 1]
      defer { end += size }
      return #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(end),\#(end + size)]}"#
    }
    let kind = random.index(below: 4) == 0 ? [#""__metadata__":{"rnn.kind":"model"}"#] : []
    return Array("{\((kind + members).joined(separator: ","))}".utf8)
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout RandomStream) {
    guard !bytes.isEmpty else { return }
    let index = random.index(below: bytes.count)
    switch random.index(below: 5) {
    case 0: bytes[index] = UInt8(random.index(below: 256))
    case 1: bytes.remove(at: index)
    case 2: bytes.insert(UInt8(random.index(below: 256)), at: index)
    case 3: bytes.insert(contentsOf: Array(words[random.index(below: words.count)].utf8), at: index)
    default: bytes.removeSubrange(index..<min(bytes.count, index + random.index(below: 20)))
    }
  }

  @Test func documents() {
    for trial in 0..<trials {
      var random = RandomStream(seed: 11, stream: UInt64(trial))
      var text = header(&random)
      for _ in 0..<random.index(below: 3) { damage(&text, &random) }
      let bytes = document(text, data: random.index(below: 40))
      for limits in [StreamLimits.stream, .model] {
        if let refusal = refusal(bytes, limits: limits) { #expect(refusal.kind == .data, "trial \(trial)") }
      }
    }
  }

  @Test func wordsInAnyOrder() {
    for trial in 0..<trials {
      var random = RandomStream(seed: 12, stream: UInt64(trial))
      let text = (0..<random.index(below: 40)).map { _ in words[random.index(below: words.count)] }.joined()
      _ = try? JSONValue(parsing: text)
      #expect(refusal(document(Array("{".utf8) + text.utf8, data: 8)) != nil || text.hasPrefix("}"))
    }
  }

  /// Documents with arbitrary contents in valid frames, to test the code after the checksums.
  @Test func validFramesOfInvalidDocuments() throws {
    for trial in 0..<trials / 20 {
      var random = RandomStream(seed: 13, stream: UInt64(trial))
      var tensors: [String: Tensor] = [:]
      for name in ["a", "a.values", "a.lengths", "b", "rnn.x"] where random.index(below: 2) == 0 {
        let shape = (0..<random.index(below: 3)).map { _ in random.index(below: 3) }
        let values = (0..<shape.reduce(1, *)).map { _ in Int32(random.index(below: 4)) - 1 }
        tensors[name] = Tensor(values, shape: shape)
      }
      let bytes = try stream([], header: StreamHeader(kind: "model", side: tensors))
      #expect(try read(bytes).header.side == tensors)
      if let refusal = refusal(SafetensorsDocument(tensors: tensors).encoded) {
        #expect(refusal.kind == .data)
      }
    }
  }

  @Test func damagedStreams() throws {
    let sound = try stream([sampleRows(40)], header: sampleHeader, chunkBytes: 300)
    let contents = try read(sound)
    for trial in 0..<trials {
      var random = RandomStream(seed: 14, stream: UInt64(trial))
      var bytes = sound
      for _ in 0...random.index(below: 3) { damage(&bytes, &random) }
      if let refusal = refusal(bytes) {
        #expect(refusal.kind == .data, "trial \(trial): \(refusal)")
      } else {
        #expect(try read(bytes) == contents, "trial \(trial)")
      }
    }
  }

  @Test func randomRowsAreReadBack() throws {
    for trial in 0..<trials / 40 {
      var random = RandomStream(seed: 15, stream: UInt64(trial))
      let rows = sampleRows(random.index(below: 200), seed: UInt64(trial))
      let bytes = try stream([rows], header: sampleHeader, chunkBytes: 1 + random.index(below: 4000))
      let source = DrippingSource(bytes, size: 1 + random.index(below: 5000))
      #expect(try read(source).rows == rows)
    }
  }
}
