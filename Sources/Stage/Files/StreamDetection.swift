// Distinguishing streams from other inputs.

import Archives
import ByteStreams
import TensorFile

/// Whether a source begins like a tensor stream: with a safetensors document, bare or in a zstd frame.
func isTensorStream(_ source: inout PeekedSource) throws -> Bool {
  guard looksLikeStream(try source.peek(9)) else { return false }
  return try Compression(of: &source) != .zstd || holdsTensors(&source)
}

/// Whether `bytes` begin with a zstd frame, a skippable frame, or a safetensors document (a header length, then the
/// header's opening brace).
package func looksLikeStream(_ bytes: [UInt8]) -> Bool {
  guard bytes.count >= 4 else { return false }
  if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return true }
  if bytes[0] & 0xF0 == 0x50, bytes[1...3].elementsEqual([0x2A, 0x4D, 0x18]) { return true }
  return bytes.count >= 9 && bytes[8] == UInt8(ascii: "{") && bytes[4..<8].allSatisfy { $0 == 0 }
}
