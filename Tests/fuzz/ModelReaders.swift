// Models and weights: of rnnpipe, of Keras, and in HDF5.

import Archives
import ByteStreams
import HDF5
import Inference
import JSON
import ModelExchange
import Networks
import OperatingSystem
import TensorFile

let modelReaders = [
  FuzzedReader(name: "model") { input in
    let reader = try TensorReader(MemorySource(stream([document(input)])), named: "input", limits: .model)
    try reader.finish()
    _ = try LoadedModel(reader.header, path: "input", usesBest: false).file.architecture.summary()
  },
  FuzzedReader(name: "keras") { input in
    // The configuration, a zero byte, and the weights.
    let text = input.prefix { $0 != 0 }
    var archive: [UInt8] = []
    try KerasArchive.write(
      configuration: String(decoding: text, as: UTF8.self), weights: Array(input.dropFirst(text.count + 1))
    ) { archive += $0 }
    let read = try KerasArchive(TemporaryFile(copying: MemorySource(archive)), named: "input")
    _ = try KerasModel(read.configuration)
    try readArrays(read.weights)
  },
  FuzzedReader(name: "keras-config") { input in
    _ = try KerasConfig(json: JSONValue(parsing: input)).topology
  },
  FuzzedReader(name: "hdf5") { try readArrays($0) },
]

private func readArrays(_ bytes: [UInt8]) throws {
  let file = try HDF5File(bytes)
  for group in file.groups.sorted() {
    for attribute in ["layer_names", "weight_names", "model_config"] {
      _ = try file.texts(attribute, of: group)
    }
  }
  for path in file.arrays.keys.sorted() { _ = try file.floats(path) }
}
