// Networks that take a sequence step by step: all recurrent layers carry their state on, so that a step costs
// the same however long the sequence has become.

import Failures

extension Architecture {
  /// The same layers for one step at a time; throws `Failure` (usage) where a layer needs the whole sequence.
  public func streaming() throws -> Architecture {
    for layer in layers {
      guard let reason = layer.reasonAgainstStreaming else { continue }
      throw Failure.usage(
        "the model can't take a sequence step by step: \(layer.name) \(reason)",
        remedy: "predict whole sequences")
    }
    return try Architecture(layers: layers, input: input.with(steps: 1))
  }
}

extension LayerSpec {
  fileprivate var reasonAgainstStreaming: String? {
    switch self {
    case .simpleRNN(let options), .lstm(let options), .gru(let options):
      options.goBackwards ? "goes backwards" : nil
    case .bidirectional: "goes backwards too"
    case .globalAveragePooling1D, .globalMaxPooling1D: "pools all steps"
    default: nil
    }
  }
}

extension ModelFile {
  /// A network with these weights for one row, step by step: it carries its state until `resetState`.
  ///
  /// - Throws: `Failure` (usage) where a layer needs the whole sequence, (data) where a weight is missing or
  ///   misshapen.
  public func streamingNetwork() throws -> Network {
    let network = try Network(
      architecture.streaming(), rows: 1, workers: 1, isTraining: false, isStreaming: true)
    try network.assign(weights)
    return network
  }
}
