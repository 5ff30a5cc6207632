// Dropout of whole features, the same at all steps of a row (Tompson et al. 2015).

import JSON

/// Keras's SpatialDropout1D.
struct SpatialDropout1D: LayerDefinition {
  static let table = OptionTable(
    name: "spatial_dropout1d", defaults: SpatialDropout1D(rate: 0), positions: 1, required: 1,
    options: [.rate("rate", \.rate, "share of features dropped in training, at all steps")])
  static let kerasClass = "SpatialDropout1D"
  static let outputHelp = "the shape of the input"

  var rate: Float

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    _ = try sequence(inputs[0])
    return inputs
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    DropoutLayer(rate: rate, isSpatial: true, input: inputs[0].activation, context)
  }

  /// Keras writes a shorter config for this layer than for others.
  func addCommonConfig(to config: inout [String: JSONValue]) { config["dtype"] = "float32" }

  var isIdentityInPrediction: Bool { true }
}
