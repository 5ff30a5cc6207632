// Damaged streams: truncated at every byte, with every bit flipped, and with frames lost, repeated, swapped and
// spliced. Each must cause a specific error, never different data.

import ByteStreams
import Failures
import RandomNumbers
import StreamSamples
import Tensor
import TensorFile
import Testing

/// Nine short chunks.
private func sample(seed: UInt64 = 1) throws -> [UInt8] {
  try stream([sampleRows(36, seed: seed)], header: sampleHeader, chunkBytes: 200)
}

@Suite struct FaultTests {
  @Test func everyTruncationIsDetected() throws {
    let bytes = try sample()
    #expect(refusal([])?.problem.hasPrefix("no input") == true)
    for count in 1..<bytes.count {
      let failure = try #require(refusal(Array(bytes.prefix(count))), "cut after \(count) bytes")
      #expect(failure.kind == .data && failure.problem.hasPrefix("truncated"), "\(count): \(failure)")
    }
  }

  @Test func everyTruncationOfABareDocumentIsDetected() {
    let bytes = SafetensorsDocument(tensors: ["x": Tensor([1, 2, 3])]).encoded
    for count in 0..<bytes.count { #expect(refusal(Array(bytes.prefix(count)))?.kind == .data) }
    #expect(refusal(bytes) == nil)
  }

  /// A few bits of zstd's headers have no meaning; flipping one of them doesn't change the data.
  @Test func everyFlippedBitIsDetectedOrHarmless() throws {
    let bytes = try stream([sampleRows(8)], header: sampleHeader, chunkBytes: 200)
    let sound = try read(bytes)
    var unnoticed = 0
    for index in bytes.indices {
      for bit in 0..<8 {
        var turned = bytes
        turned[index] ^= 1 << bit
        if let failure = refusal(turned) {
          #expect(failure.kind == .data, "byte \(index) bit \(bit): \(failure)")
        } else {
          unnoticed += 1
          #expect(try read(turned) == sound, "byte \(index) bit \(bit)")
        }
      }
    }
    #expect(unnoticed <= 80)
  }

  @Test func everyLostOrRepeatedFrameIsDetected() throws {
    let whole = try frames(sample())
    #expect(whole.count > 8)
    for index in whole.indices {
      var lost = whole
      lost.remove(at: index)
      #expect(refusal(Array(lost.joined()))?.kind == .data, "frame \(index) lost")
      var repeated = whole
      repeated.insert(whole[index], at: index)
      #expect(refusal(Array(repeated.joined()))?.kind == .data, "frame \(index) repeated")
    }
  }

  @Test func everySwapIsDetected() throws {
    let whole = try frames(sample())
    for first in whole.indices {
      for second in whole.indices where second > first {
        var swapped = whole
        swapped.swapAt(first, second)
        #expect(refusal(Array(swapped.joined()))?.kind == .data, "frames \(first) and \(second)")
      }
    }
  }

  @Test func everyFrameOfAnotherStreamIsDetected() throws {
    let (whole, other) = try (frames(sample()), frames(sample(seed: 2)))
    for index in whole.indices {
      for from in other.indices where whole[index] != other[from] {
        var spliced = whole
        spliced[index] = other[from]
        #expect(refusal(Array(spliced.joined()))?.kind == .data, "frame \(from) for \(index)")
      }
    }
  }

  @Test func bytesAfterTheEndAreDetected() throws {
    let bytes = try sample()
    for more in [[0], [0, 0, 0, 0, 0], Array(bytes.prefix(3)), Array("\n".utf8), Array(bytes.suffix(40))]
      as [[UInt8]]
    {
      #expect(refusal(bytes + more)?.kind == .data)
    }
  }

  @Test func aFailureStays() throws {
    let reader = try TensorReader(MemorySource(Array(sample().dropLast())), named: "input")
    #expect(throws: Failure.self) { while try reader.next() != nil {} }
    #expect(throws: Failure.self) { try reader.next() }
    #expect(!reader.isAtEnd)
  }
}

@Suite struct MessageTests {
  private func header(_ format: String) -> [UInt8] {
    SafetensorsDocument(tensors: ["x": Tensor([1.0])], metadata: ["rnn.format": format]).encoded
  }

  @Test func errorsAreReported() throws {
    let sound = try sample()
    var damaged = sound
    damaged[sound.count / 2] ^= 0x10
    let messages = [
      refusal([]), refusal(Array(sound.dropLast(5))), refusal(damaged), refusal(header("2")),
      refusal(Array("a,b\n1,2\n3,4\n".utf8)),
    ].map { $0?.description ?? "" }
    let beginnings = [
      "input: no input: the stream is empty", "input: truncated: ", "input: damaged: ",
      "input: made by a newer version: ", "input: not a tensor stream: ",
    ]
    for (message, beginning) in zip(messages, beginnings) {
      #expect(message.hasPrefix(beginning), "\(message)")
    }
    #expect(messages.allSatisfy { !$0.contains("\n") })
  }

  @Test(
    arguments: [
      Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 7, count: 100), Array("label\ttext\n".utf8), [0],
      [0x28],
      Array("\u{89}HDF\r\n\u{1A}\n".utf8), [UInt8](repeating: 0, count: 4096),
      [UInt8](repeating: 255, count: 4096),
      [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0],
      [0x5E, 0x2A, 0x4D, 0x18, 9, 0, 0, 0, 0, 0, 0, 0, 0x80, 0xB1, 0xEA, 0x92, 0x8F],
    ] as [[UInt8]]) func otherFormatsAreRejected(bytes: [UInt8])
  {
    #expect(refusal(bytes)?.kind == .data)
  }

  @Test(.enabled(if: works("command -v zstd"))) func otherCompressedDataIsRejected() throws {
    let text = Array("a film\nanother film\n".utf8)
    #expect(
      try refusal(shell("zstd -c", input: text).output)?.problem.hasPrefix("not a tensor stream") == true)
    #expect(try refusal(shell("zstd -c --no-check", input: text).output)?.kind == .data)
    let bare = SafetensorsDocument(tensors: ["x": Tensor([1.0])]).encoded
    #expect(try refusal(shell("zstd -c", input: bare).output)?.problem.contains("rnn.format") == true)
    #expect(try refusal(shell("zstd -c", input: header("1")).output)?.problem.hasPrefix("truncated") == true)
  }
}
