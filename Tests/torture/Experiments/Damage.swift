// Damaged files, read by the libraries: cut at every byte, with every bit flipped, and with frames lost, repeated,
// swapped and taken from another stream.

import ByteStreams
import Failures
import Interchange
import OperatingSystem
import StreamSamples
import TensorFile

let damageExperiments: [Experiment] = [
  .each(
    "cuts",
    "a file of 64 KiB cut after each byte: a stream read in order and at random, safetensors, npy, npz",
    expected: "an error",
    anchor: "safetensors: 1 test of a cut header; zstd: no frame is missed if it is lost",
    count: 5 * samples, short: 5 * samples / 64
  ) {
    let files = try fileSamples()
    return { number in
      // All kinds in turn, and the whole file in a short run, by a step that has no divisor in common with the size.
      let file = files[number % files.count]
      let cut = number / files.count * 20_011 % samples
      try expectRefusal { try file.read(Array(file.bytes.prefix(file.bytes.count - 1 - cut))) }
    }
  },
  .each(
    "bits", "each bit of a stream of 64 KiB flipped", expected: "an error, or the same data",
    anchor: "zstd: checksums are optional, and of frames alone", count: 8 * samples, short: 8 * samples / 64
  ) {
    let sound = try streamOf64KiB()
    let contents = try rows(sound)
    return { number in
      let place = number * 200_003 % (8 * samples)
      var flipped = sound
      flipped[sound.count - 1 - place / 8] ^= 1 << UInt8(place % 8)
      guard let read = try unlessRefused({ try rows(flipped) }) else { return }
      if read != contents { throw Harm("bit \(place) from the end: other data without an error") }
    }
  },
  .each(
    "frames", "each of 64 frames lost, repeated, replaced by each of another stream; each two swapped",
    expected: "an error", anchor: "zstd: lost, repeated and swapped frames pass",
    count: frameFaults, short: frameFaults / 16
  ) {
    let (whole, other) = try (frames(framedStream(seed: 1)), frames(framedStream(seed: 2)))
    guard whole.count == parts, other.count == parts else {
      throw Harm("the sample has \(whole.count) frames")
    }
    return { number in
      let faulty = reframed(whole, other, number * 1009 % frameFaults)
      if faulty == whole { return }
      try expectRefusal { _ = try rows(Array(faulty.joined())) }
    }
  },
]

/// The number of bytes, from the end, that are cut and flipped.
private let samples = 1 << 16
/// The frames of the sample: its data, its provenance and its seek table.
private let parts = 66
private let frameFaults = 2 * parts + parts * (parts - 1) / 2 + parts * parts

/// The frames with fault `number`.
private func reframed(_ whole: [[UInt8]], _ other: [[UInt8]], _ number: Int) -> [[UInt8]] {
  var (result, number) = (whole, number)
  if number < parts {
    result.remove(at: number)
    return result
  }
  number -= parts
  if number < parts {
    result.insert(whole[number], at: number)
    return result
  }
  number -= parts
  if number < parts * parts {
    result[number / parts] = other[number % parts]
    return result
  }
  number -= parts * parts
  var first = 0
  while number >= parts - 1 - first {
    number -= parts - 1 - first
    first += 1
  }
  result.swapAt(first, first + 1 + number)
  return result
}

// MARK: - Samples

/// A file's bytes, and how it is read.
private struct FileSample {
  let bytes: [UInt8]
  let read: ([UInt8]) throws -> Void
}

private func fileSamples() throws -> [FileSample] {
  let rows = try RereadableStream(TensorReader(MemorySource(streamOf64KiB()), named: "input"))
  var (npz, npy, bare) = ([UInt8](), [UInt8](), [UInt8]())
  try writeNpz(rows) { npz += $0 }
  try writeNpy(ChosenColumns(rows, names: ["x"])) { npy += $0 }
  try writeSafetensors(rows) { bare += $0 }
  return try [
    FileSample(bytes: try streamOf64KiB()) { _ = try torture.rows($0) },
    FileSample(bytes: try streamOf64KiB()) { try readAtRandom($0) },
    FileSample(bytes: bare) { _ = try torture.rows($0) },
    FileSample(bytes: npy) {
      try readAll(NpyRows(TemporaryFile(copying: MemorySource($0)), column: "x", named: "x"))
    },
    FileSample(bytes: npz) { try readAll(NpzRows(TemporaryFile(copying: MemorySource($0)), named: "x")) },
  ].map { sample in
    guard sample.bytes.count > samples else { throw Harm("a sample has only \(sample.bytes.count) bytes") }
    return sample
  }
}

private func streamOf64KiB() throws -> [UInt8] {
  try stream([sampleRows(2900)], header: sampleHeader, chunkBytes: 20_000)
}

/// A stream of 64 data frames, with a row each.
private func framedStream(seed: UInt64) throws -> [UInt8] {
  try stream([sampleRows(64, seed: seed)], header: sampleHeader, chunkBytes: 1)
}

// MARK: - Reading

private func rows(_ bytes: [UInt8]) throws -> Chunk {
  try TensorReader(MemorySource(bytes), named: "input").readAll()
}

private func readAll(_ rows: some RowSource) throws { try rows.chunks { _ in } }

/// Opens a stream as an archive, and reads some rows.
private func readAtRandom(_ bytes: [UInt8]) throws {
  let file = try TemporaryFile(copying: MemorySource(bytes))
  let archive = try withExtendedLifetime(file) { try TensorArchive(path: file.path) }
  for row in [archive.rows - 1, 0] where archive.rows > 0 { _ = try archive.rows(row..<row + 1) }
}

/// The result, or nil if reading ended with an error that blames the data.
private func unlessRefused<Result>(_ read: () throws -> Result) throws -> Result? {
  do {
    return try read()
  } catch let failure as Failure where failure.kind == .data {
    return nil
  }
}

private func expectRefusal(_ read: () throws -> Void) throws {
  if try unlessRefused(read) != nil { throw Harm("read without an error") }
}
