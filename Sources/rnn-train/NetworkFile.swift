// The network given by --config: Keras's JSON, by itself or in a .keras file.

import Failures
import ModelExchange
import Networks
import Stage
import TensorFile

/// A network from a file.
struct NetworkFile {
  /// The layers, and the input shapes for which they were built.
  private let config: KerasConfig
  private let path: String

  init(_ path: String, _ run: StageRun) throws {
    self.path = path
    let source = try run.source(path)
    do {
      let file = try WeightFile(source, named: path) { try run.reader($0, named: path, limits: .model) }
      guard let json = file.kerasJSON else {
        throw Failure.data("is not a Keras model", remedy: "write one with model.to_json() or model.save()")
      }
      config = try KerasConfig(json: json)
    } catch let failure as Failure {
      throw failure.placed(at: path)
    }
  }

  /// The connections of the layers.
  var topology: Topology { config.topology }

  /// The network for these inputs.
  /// - Throws: `Failure` (data) if it was built for other shapes.
  func architecture(for inputs: [ValueShape]) throws -> Architecture {
    do {
      try config.check(inputs)
      return try Architecture(config.topology, inputs: inputs)
    } catch let failure as Failure where failure.kind == .data {
      throw failure.placed(at: path)
    }
  }
}
