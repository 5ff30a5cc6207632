// Spectrograms and samples against librosa and soundfile (fixtures/audio/spectrograms.py).

import Audio
import ByteStreams
import Failures
import Foundation
import JSON
import Testing

/// A file of `fixtures/audio`.
private func fixture(_ name: String) throws -> [UInt8] {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return try [UInt8](Data(contentsOf: root.appendingPathComponent("fixtures/audio/\(name)")))
}

private func recording(_ bytes: [UInt8]) throws -> WAVFile {
  try WAVFile(MemorySource(bytes), named: "a.wav")
}

@Suite struct SpectrogramTests {
  @Test("every format and setting, to 0.001 dB")
  func spectrograms() throws {
    let lines = String(decoding: try fixture("spectrograms.txt"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 10)
    for line in lines {
      let items = try #require(try JSONValue(parsing: String(line)).array)
      let wav = try recording(fixture("\(items[0].string ?? "").wav"))
      let spectrogram = try LogMel(
        rate: wav.rate, frame: items[1].int ?? 0, hop: items[2].int ?? 0, mels: items[3].int ?? 0,
        lowest: items[4].double ?? 0, highest: items[5].double)
      let rows = spectrogram.rows(wav.samples)
      let shape = items[6].array?.compactMap(\.int) ?? []
      #expect(rows.count == shape[0] * shape[1])
      let expected = items[7].array?.compactMap(\.double) ?? []
      for (index, value) in expected.enumerated() {
        #expect(abs(rows[index * 7] - value) < 1e-3, "\(items[0].text), value \(index * 7)")
      }
    }
  }

  @Test("damaged files are errors, never fewer samples")
  func damaged() throws {
    let whole = try fixture("pcm16.wav")
    for count in stride(from: 0, to: whole.count, by: 101) {
      #expect(throws: Failure.self) { try recording(Array(whole.prefix(count))) }
    }
    var compressed = whole
    compressed[20] = 17
    #expect(throws: Failure.self) { try recording(compressed) }
  }

  @Test("files that don't know their length, as from a pipe, are read to their end")
  func openEnd() throws {
    var piped = try fixture("pcm16.wav")
    let whole = try recording(piped)
    for index in 40..<44 { piped[index] = 0xFF }
    #expect(try recording(piped) == whole)
  }

  @Test("settings that can't work are usage errors")
  func settings() {
    #expect(throws: Failure.self) { try LogMel(rate: 8000, frame: 500) }
    #expect(throws: Failure.self) { try LogMel(rate: 8000, frame: 512, hop: 0) }
    #expect(throws: Failure.self) { try LogMel(rate: 8000, highest: 5000) }
    #expect(throws: Failure.self) { try LogMel(rate: 44_100, frame: 64, hop: 16, mels: 32) }
  }
}
