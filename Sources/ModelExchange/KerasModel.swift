// A model from Keras's JSON: its layers, the inputs that they were built for, and the losses.

import Failures
import JSON
import Networks
import TensorFile

/// A Keras model without its weights.
public struct KerasModel: Sendable {
  /// The layers and their inputs.
  public let architecture: Architecture
  /// The losses it was compiled with, or else the outputs' default losses, and the default metrics of the losses.
  public let objective: ObjectiveText
  /// Messages for the user about losses that rnnpipe doesn't support.
  public let notes: [String]

  /// - Parameter steps: time steps of a row, if not specified in the file.
  /// - Throws: `Failure` where a layer isn't supported, or an input's shape isn't specified.
  public init(_ json: JSONValue, steps: Int? = nil) throws {
    let config = try KerasConfig(json: json)
    architecture = try Architecture(
      config.topology,
      inputs: try zip(config.inputShapes, config.topology.inputs).map {
        try KerasModel.input($0, $1, steps: steps)
      })
    let compiled = try KerasLosses(json, config)
    notes = compiled.notes
    objective = KerasModel.objective(config.topology, compiled)
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

  private static func objective(_ topology: Topology, _ compiled: KerasLosses) -> ObjectiveText {
    let losses = compiled.losses.enumerated().map { $1 ?? usualLoss(topology.outputFunction($0)) }
    let metrics = losses.map {
      $0.hasPrefix("mse") || $0.hasPrefix("mae") || $0.hasPrefix("huber") ? "mae" : "accuracy"
    }
    let names = topology.outputs.map(\.name)
    guard names.count > 1 else { return ObjectiveText(loss: losses[0], metrics: metrics) }
    let weights = zip(names, compiled.weights).map { "\($0)=\($1)" }.joined(separator: ",")
    return ObjectiveText(
      loss: zip(names, losses).map { "\($0): \($1)" }.joined(separator: "; "),
      metrics: zip(names, metrics).map { "\($0): \($1)" },
      lossWeights: compiled.weights.contains { $0 != 1 } ? weights : "")
  }

  private static func usualLoss(_ function: OutputFunction?) -> String {
    switch function {
    case .softmax: "sparse_categorical_crossentropy"
    case .elementwise(.sigmoid): "binary_crossentropy"
    default: "mse"
    }
  }
}
