// The network that --config names: Keras's JSON, alone or in a .keras file.

import Failures
import ModelExchange
import Networks
import Stage
import TensorFile
import Training

/// Layers from a file.
struct NetworkFile {
  /// The layers, and the inputs that they were built for.
  private let config: KerasConfig
  /// The losses that the network was compiled with.
  let compiled: KerasLosses
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
      compiled = try KerasLosses(json, config)
    } catch let failure as Failure {
      throw failure.placed(at: path)
    }
  }

  /// The layers' connections.
  var topology: Topology { config.topology }

  /// The loss that an output was compiled with; nil where there is none.
  /// - Throws: `Failure` (data) for a loss that rnnpipe doesn't have.
  func loss(ofOutput number: Int) throws -> Loss? {
    if let note = compiled.notes.first {
      throw Failure.data(note, at: path, remedy: "name a loss with --loss")
    }
    return try compiled.losses[number].map(Loss.init(parsing:))
  }

  /// The network for these inputs.
  /// - Throws: `Failure` (data) where it was built for others.
  func architecture(for inputs: [ValueShape]) throws -> Architecture {
    do {
      try config.check(inputs)
      return try Architecture(config.topology, inputs: inputs)
    } catch let failure as Failure where failure.kind == .data {
      throw failure.placed(at: path)
    }
  }
}
