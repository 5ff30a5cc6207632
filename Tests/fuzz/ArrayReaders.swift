// Arrays of NumPy, and sound.

import Archives
import Audio
import ByteStreams
import Interchange
import OperatingSystem
import Sequences
import TensorFile

let arrayReaders = [
  FuzzedReader(name: "npy") { input in
    try readAll(NpyRows(TemporaryFile(copying: MemorySource(input)), column: "x", named: "input"))
  },
  FuzzedReader(name: "npz") { input in
    try readAll(NpzRows(TemporaryFile(copying: MemorySource(npz(input))), named: "input"))
  },
  FuzzedReader(name: "wav") { _ = try WAVFile(MemorySource($0), named: "input") },
]

/// Reads all rows.
func readAll(_ rows: some RowSource) throws { try rows.chunks { _ in } }

/// A zip archive of an input's arrays: each begins with its length in two bytes and its name's number.
private func npz(_ input: [UInt8]) throws -> [UInt8] {
  let names = ["x", "y", "x.values", "x.lengths", "rnn.metadata", "split", "rnn.scale", "a"]
  var (archive, rest) = ([UInt8](), input[...])
  let zip = try ZipWriter { archive += $0 }
  while let low = rest.popFirst(), let high = rest.popFirst(), let name = rest.popFirst() {
    let content = rest.prefix(Int(low) | Int(high) << 8)
    rest = rest.dropFirst(content.count)
    try zip.begin(names[Int(name) % names.count] + ".npy", size: content.count)
    try zip.write(Array(content))
  }
  try zip.finish()
  return archive
}
