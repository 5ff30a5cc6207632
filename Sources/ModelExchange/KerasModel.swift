// What Keras's JSON of a model says beside its layers: the input they were built for, and the loss.

import Failures
import JSON
import Networks
import TensorFile

/// A model of Keras's as far as its JSON tells.
public struct KerasModel: Sendable {
  /// The layers and their input.
  public let architecture: Architecture
  /// The loss it was compiled with, else the one that goes with its last layer, and the metric that goes with that.
  public let objective: ObjectiveText

  /// - Parameter steps: time steps of a row, where the file leaves them open.
  /// - Throws: `Failure` where a layer isn't known, or the input's shape isn't told.
  public init(_ json: JSONValue, steps: Int? = nil) throws {
    let config = try KerasConfig(json: json)
    architecture = try Architecture(
      layers: config.layers, input: try KerasModel.input(config, steps: steps))
    let loss = KerasModel.compiledLoss(json) ?? KerasModel.usualLoss(config.layers)
    objective = ObjectiveText(loss: loss, metrics: [loss == "mse" || loss == "mae" ? "mae" : "accuracy"])
  }

  private static func input(_ config: KerasConfig, steps: Int?) throws -> ValueShape {
    guard let shape = config.inputShape, shape.count == 1 || shape.count == 2 else {
      throw Failure.data(
        "the file doesn't tell the shape of the input", remedy: "build the model in Keras, then save it")
    }
    guard let steps = shape[0] ?? steps else {
      throw Failure.usage("the file leaves the number of time steps open", remedy: "say it with --steps N")
    }
    guard shape.count == 2 else { return .tokens(steps: steps) }
    guard let width = shape[1] else {
      throw Failure.data("the file leaves the number of features open", remedy: "build the model in Keras")
    }
    return .sequence(steps: steps, width: width)
  }

  private static let losses = [
    "mse": "mse", "mean_squared_error": "mse", "MeanSquaredError": "mse",
    "mae": "mae", "mean_absolute_error": "mae", "MeanAbsoluteError": "mae",
    "binary_crossentropy": "binary_crossentropy", "BinaryCrossentropy": "binary_crossentropy",
    "categorical_crossentropy": "categorical_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "sparse_categorical_crossentropy": "sparse_categorical_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
  ]

  private static func compiledLoss(_ json: JSONValue) -> String? {
    let loss = json["compile_config"]?["loss"]
    return (loss?.string ?? loss?["class_name"]?.string).flatMap { losses[$0] }
  }

  private static func usualLoss(_ layers: [LayerSpec]) -> String {
    switch layers.last?.outputFunction {
    case .softmax: return "sparse_categorical_crossentropy"
    case .elementwise(.sigmoid): return "binary_crossentropy"
    default: return "mse"
    }
  }
}
