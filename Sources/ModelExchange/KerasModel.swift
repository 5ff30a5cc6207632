// A model from Keras's JSON: its layers, the inputs that they were built for, and the losses.

import Failures
import JSON
import Networks
import TensorFile

/// A Keras model without its weights.
public struct KerasModel: Sendable {
  /// The layers and their inputs.
  public let architecture: Architecture
  /// The losses and metrics it was compiled with, or else the outputs' default losses and those losses' usual metrics.
  public let objective: ObjectiveText
  /// The batch size that a stateful model was built for; nil for any.
  public let batchSize: Int?
  /// Messages for the user about metrics that rnnpipe doesn't support.
  public let notes: [String]

  /// - Parameters:
  ///   - steps: time steps of a row, if not specified in the file.
  ///   - loss: the loss to use instead of the compiled one, in the format of the command line.
  /// - Throws: `Failure` if a layer or the loss isn't supported, or an input's shape isn't specified.
  public init(_ json: JSONValue, steps: Int? = nil, loss: String? = nil) throws {
    let config = try KerasConfig(json: json)
    architecture = try Architecture(
      config.topology,
      inputs: try zip(config.inputShapes, config.topology.inputs).map {
        try KerasModel.input($0, $1, steps: steps)
      })
    let (losses, metrics) = (try KerasLosses(json, config), KerasMetrics(json, config))
    if loss == nil, let fault = losses.faults.first {
      throw Failure.data(fault, remedy: "choose another with --loss, such as --loss mse")
    }
    notes = metrics.notes
    batchSize = config.topology.isStateful ? config.batchSize : nil
    objective = KerasModel.objective(config.topology, losses, metrics, loss)
  }

  private static func input(_ shape: [Int?]?, _ input: Topology.Input, steps: Int?) throws -> ValueShape {
    guard let shape, shape.count == 1 || shape.count == 2 else {
      throw Failure.data(
        "the file doesn't specify the shape of the input", remedy: "build the model in Keras, then save it")
    }
    if input.isVector {
      guard let width = shape[0] else { throw openFeatures }
      return .vector(width: width)
    }
    guard let steps = shape[0] ?? steps else {
      throw Failure.usage(
        "the file doesn't specify the number of time steps", remedy: "give it with --steps N")
    }
    guard shape.count == 2 else { return .tokens(steps: steps) }
    guard let width = shape[1] else { throw openFeatures }
    return .sequence(steps: steps, width: width)
  }

  private static let openFeatures = Failure.data(
    "the file doesn't specify the number of features", remedy: "build the model in Keras")

  private static func objective(
    _ topology: Topology, _ compiled: KerasLosses, _ metrics: KerasMetrics, _ given: String?
  ) -> ObjectiveText {
    let losses = compiled.losses.enumerated().map {
      $1 ?? ObjectiveText.usualLoss(topology.outputFunction($0))
    }
    let measured = zip(losses, metrics.metrics).map { loss, metrics in
      metrics ?? ObjectiveText.usualMetric(loss)
    }
    let names = topology.outputs.map(\.name)
    guard names.count > 1 else { return ObjectiveText(loss: given ?? losses[0], metrics: [measured[0]]) }
    let weights = zip(names, compiled.weights).map { "\($0)=\($1)" }.joined(separator: ",")
    return ObjectiveText(
      loss: given ?? zip(names, losses).map { "\($0): \($1)" }.joined(separator: "; "),
      metrics: zip(names, measured).map { "\($0): \($1)" },
      lossWeights: compiled.weights.contains { $0 != 1 } ? weights : "")
  }
}
