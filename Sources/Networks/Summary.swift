// A model as Keras's `summary()` shows it: a line a layer, with output shape and number of parameters.

/// One line of a summary.
public struct LayerSummary: Sendable, Equatable {
  /// Keras's name, such as `lstm_1`.
  public let name: String
  /// Keras's class, such as `LSTM`.
  public let kind: String
  /// The shape of one row of the output.
  public let outputShape: [Int]
  /// How many numbers are learnt.
  public let parameters: Int
}

extension Architecture {
  /// The layers with their shapes and parameter counts, without building them.
  public func summary() throws -> [LayerSummary] {
    var width = 0
    if case .features(_, let features) = input { width = features }
    var lines: [LayerSummary] = []
    for ((layer, shape), names) in zip(zip(layers, try shapes()), names) {
      lines.append(
        LayerSummary(
          name: names.name, kind: layer.kind, outputShape: shape,
          parameters: layer.parameterCount(inputs: width)))
      width = shape.last ?? 0
    }
    return lines
  }
}

extension LayerSpec {
  /// Keras's class name.
  public var kind: String {
    switch self {
    case .embedding: "Embedding"
    case .masking: "Masking"
    case .simpleRNN: "SimpleRNN"
    case .lstm: "LSTM"
    case .gru: "GRU"
    case .bidirectional: "Bidirectional"
    case .dense: "Dense"
    case .timeDistributed: "TimeDistributed"
    case .layerNormalization: "LayerNormalization"
    case .dropout: "Dropout"
    case .spatialDropout1D: "SpatialDropout1D"
    case .globalAveragePooling1D: "GlobalAveragePooling1D"
    case .globalMaxPooling1D: "GlobalMaxPooling1D"
    }
  }

  /// How many numbers the layer learns on inputs of that width.
  func parameterCount(inputs: Int) -> Int {
    switch self {
    case .embedding(let options): return options.vocabulary * options.width
    case .dense(let options), .timeDistributed(let options):
      return (inputs + (options.useBias ? 1 : 0)) * options.units
    case .bidirectional(let options):
      return options.forward.parameterCount(inputs: inputs) + options.backward.parameterCount(inputs: inputs)
    case .simpleRNN(let options): return options.parameterCount(gates: 1, inputs: inputs, biases: 1)
    case .lstm(let options): return options.parameterCount(gates: 4, inputs: inputs, biases: 1)
    case .gru(let options):
      return options.parameterCount(gates: 3, inputs: inputs, biases: options.resetAfter ? 2 : 1)
    case .layerNormalization(let options):
      return ((options.center ? 1 : 0) + (options.scale ? 1 : 0)) * inputs
    case .masking, .dropout, .spatialDropout1D, .globalAveragePooling1D, .globalMaxPooling1D: return 0
    }
  }
}

extension RecurrentOptions {
  fileprivate func parameterCount(gates: Int, inputs: Int, biases: Int) -> Int {
    gates * units * (inputs + units + (useBias ? biases : 0))
  }
}
