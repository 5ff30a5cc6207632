// Tensor streams: whole, made of mutated documents, and read at random.

import ByteStreams
import OperatingSystem
import TensorFile

let streamReaders = [
  FuzzedReader(name: "stream") { try readRows($0) },
  FuzzedReader(name: "frames") { try readRows(stream(documents($0))) },
  FuzzedReader(name: "safetensors") { try readRows(document($0)) },
  FuzzedReader(name: "random-access") { input in
    let file = try TemporaryFile(copying: MemorySource(stream(documents(input))))
    let archive = try withExtendedLifetime(file) { try TensorArchive(path: file.path) }
    for row in Set([0, archive.rows / 2, archive.rows - 1]) where row >= 0 && row < archive.rows {
      _ = try archive.rows(row..<row + 1)
    }
  },
]

private func readRows(_ bytes: [UInt8]) throws {
  let reader = try TensorReader(MemorySource(bytes), named: "input")
  while try reader.next() != nil {}
}
