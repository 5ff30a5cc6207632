// The network given by --config: Keras's JSON, by itself, in a .keras file, or in a whole-model .h5 file.

import Failures
import ModelExchange
import Networks
import Stage
import TensorFile

/// A network from a file.
public struct NetworkFile {
  /// The layers, and the input shapes for which they were built.
  private let config: KerasConfig
  /// The losses that the network was compiled with.
  private let compiled: KerasLosses
  /// The metrics that the network was compiled with.
  private let compiledMetrics: KerasMetrics
  private let path: String

  /// Reads the file; throws `Failure` (data) if it has no Keras model.
  public init(_ path: String, _ run: StageRun) throws {
    self.path = path
    let source = try run.source(path)
    do {
      let file = try WeightFile(source, named: path) { try run.reader($0, named: path, limits: .model) }
      guard let json = try file.kerasJSON else {
        throw Failure.data(
          "has weights, but no layers of a Keras model",
          remedy: "give the layers with --layers, and this file with --init")
      }
      config = try KerasConfig(json: json)
      compiled = try KerasLosses(json, config)
      compiledMetrics = KerasMetrics(json, config)
    } catch let failure as Failure {
      throw failure.placed(at: path)
    }
  }

  /// The connections of the layers.
  public var topology: Topology { config.topology }

  /// The losses that the model was compiled with, in the format of --loss; nil if there are none.
  /// - Throws: `Failure` (data) if rnnpipe doesn't support one of them.
  public var loss: String? {
    get throws {
      if let fault = compiled.faults.first {
        throw Failure.data(fault, at: path, remedy: "choose another with --loss, such as --loss mse")
      }
      guard topology.outputs.count > 1 else { return compiled.losses[0] }
      let losses = zip(topology.outputs, compiled.losses).compactMap { output, loss in
        loss.map { "\(output.name): \($0)" }
      }
      return losses.isEmpty ? nil : losses.joined(separator: "; ")
    }
  }

  /// The metrics that the model was compiled with, in the format of --metrics; nil if there are none.
  public var metrics: String? {
    guard topology.outputs.count > 1 else { return compiledMetrics.metrics[0] }
    let metrics = zip(topology.outputs, compiledMetrics.metrics).compactMap { output, metrics in
      metrics.map { "\(output.name): \($0)" }
    }
    return metrics.isEmpty ? nil : metrics.joined(separator: "; ")
  }

  /// Messages for the user about metrics that rnnpipe doesn't support.
  public var notes: [String] { compiledMetrics.notes }

  /// The batch size that a stateful model was built for; nil for any.
  public var batchSize: Int? { topology.isStateful ? config.batchSize : nil }

  /// The weights of the losses, in the format of --loss-weights; nil for a single output.
  public var lossWeights: String? {
    guard topology.outputs.count > 1 else { return nil }
    return zip(topology.outputs, compiled.weights).map { "\($0.name)=\($1)" }.joined(separator: ",")
  }

  /// The network for these inputs.
  /// - Throws: `Failure` (data) if it was built for other shapes.
  public func architecture(for inputs: [ValueShape]) throws -> Architecture {
    do {
      try config.check(inputs)
      return try Architecture(config.topology, inputs: inputs)
    } catch let failure as Failure where failure.kind == .data {
      throw failure.placed(at: path)
    }
  }
}
