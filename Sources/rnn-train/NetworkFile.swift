// The network that --config names: Keras's JSON, alone or in a .keras file.

import Failures
import ModelExchange
import Networks
import Stage
import TensorFile

/// Layers from a file.
struct NetworkFile {
  /// The layers, and the input that they were built for.
  private let config: KerasConfig
  private let path: String

  init(_ path: String, _ run: StageRun) throws {
    self.path = path
    let source = try run.source(path)
    do {
      let file = try WeightFile(source, named: path) { try run.reader($0, named: path, limits: .model) }
      guard let json = file.kerasJSON else {
        throw Failure.data("is no Keras model", remedy: "model.to_json() and model.save() write one")
      }
      config = try KerasConfig(json: json)
    } catch let failure as Failure {
      throw failure.placed(at: path)
    }
  }

  /// The layers for this input.
  /// - Throws: `Failure` (data) where they were built for another.
  func layers(for input: InputShape) throws -> [LayerSpec] {
    do {
      try config.check(input)
      return config.layers
    } catch let failure as Failure {
      throw failure.placed(at: path)
    }
  }
}
