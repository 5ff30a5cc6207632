// Models and weights: of rnnpipe, of Keras, and in HDF5.

import Archives
import ByteStreams
import Glibc
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
    let model = try LoadedModel(reader.header, path: "input", usesBest: false)
    _ = try model.file.architecture.summary()
    // Activations are as large as the layers say, so a network is only built if the process may have its memory.
    limitMemory()
    _ = try model.file.network(rows: 2, workers: 1)
    _ = try? model.file.streamingNetwork()
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
  FuzzedReader(name: "onnx") { input in
    let model = try ImportedONNX(input, steps: 6)
    _ = try model.architecture.summary()
  },
]

/// Limits the process's memory to less than libFuzzer allows.
private func limitMemory() {
  var limit = rlimit(rlim_cur: 300 << 20, rlim_max: 300 << 20)
  setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
}

private func readArrays(_ bytes: [UInt8]) throws {
  let file = try HDF5File(bytes)
  for group in file.groups.sorted() {
    for attribute in ["layer_names", "weight_names", "model_config"] {
      _ = try file.texts(attribute, of: group)
    }
  }
  for path in file.arrays.keys.sorted() { _ = try file.floats(path) }
}
