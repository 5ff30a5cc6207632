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
    case .simpleRNN: "SimpleRNN"
    case .lstm: "LSTM"
    case .gru: "GRU"
    case .bidirectional: "Bidirectional"
    case .dropout: "Dropout"
    case .dense: "Dense"
    }
  }

  /// How many numbers the layer learns on inputs of that width.
  func parameterCount(inputs: Int) -> Int {
    switch self {
    case .embedding(let vocabulary, let width): return vocabulary * width
    case .dropout: return 0
    case .dense(let units, _, let useBias): return (inputs + (useBias ? 1 : 0)) * units
    case .bidirectional(let inner, _): return 2 * inner.parameterCount(inputs: inputs)
    case .simpleRNN(let options): return options.parameterCount(gates: 1, inputs: inputs, biases: 1)
    case .lstm(let options): return options.parameterCount(gates: 4, inputs: inputs, biases: 1)
    case .gru(let options):
      return options.parameterCount(gates: 3, inputs: inputs, biases: options.resetAfter ? 2 : 1)
    }
  }
}

extension RecurrentOptions {
  fileprivate func parameterCount(gates: Int, inputs: Int, biases: Int) -> Int {
    gates * units * (inputs + units + (useBias ? biases : 0))
  }
}
