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
  /// The losses that the network was compiled with.
  private let compiled: KerasLosses
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
      compiled = try KerasLosses(json, config)
    } catch let failure as Failure {
      throw failure.placed(at: path)
    }
  }

  /// The connections of the layers.
  var topology: Topology { config.topology }

  /// The losses that the model was compiled with, in the format of --loss; nil if there are none.
  /// - Throws: `Failure` (data) if rnnpipe doesn't support one of them.
  var loss: String? {
    get throws {
      if let note = compiled.notes.first {
        throw Failure.data(note, at: path, remedy: "give a loss with --loss")
      }
      guard topology.outputs.count > 1 else { return compiled.losses[0] }
      let losses = zip(topology.outputs, compiled.losses).compactMap { output, loss in
        loss.map { "\(output.name): \($0)" }
      }
      return losses.isEmpty ? nil : losses.joined(separator: "; ")
    }
  }

  /// The weights of the losses, in the format of --loss-weights; nil for a single output.
  var lossWeights: String? {
    guard topology.outputs.count > 1 else { return nil }
    return zip(topology.outputs, compiled.weights).map { "\($0.name)=\($1)" }.joined(separator: ",")
  }

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
