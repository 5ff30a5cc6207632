// The two networks of a model that produces sequences: the encoder, which runs once for the rows of a batch, and the
// decoder, which runs once for each step, on the last token of every beginning.

import Failures
import Networks
import Tensor

/// An encoder and a decoder, built for sources of up to `steps` tokens.
final class DecoderNetworks {
  /// The largest number of tokens of a source.
  let steps: Int
  private let split: DecoderSplit
  private let encoder: PassRunner
  private let decoder: PassRunner

  /// What the decoder reads of a batch's rows.
  struct Encoded {
    /// An array `[rows, ...]` for each of the encoder's outputs.
    let values: [[Float]]
    /// The masks of sequences, `[rows, steps]`.
    let masks: [[Bool]?]
    /// The states with which the decoder begins, `[rows, width]` each.
    let states: [[Float]]
  }

  /// - Parameters:
  ///   - rows: the maximum number of sources in a batch.
  ///   - beginnings: the maximum number of beginnings in a step.
  /// - Throws: `Failure` (data) if a weight is missing.
  init(
    _ split: DecoderSplit, weights: [String: Tensor], steps: Int, rows: Int, beginnings: Int, threads: Int
  ) throws {
    (self.split, self.steps) = (split, steps)
    let encoding = try split.encoder.architecture.with(
      inputs: split.encoder.architecture.inputs.map { $0.with(steps: steps) })
    // Vectors are loaded for all rows before any of them is processed.
    let encoderNetwork = try Network(
      encoding, rows: rows, workers: threads, isTraining: false,
      keepsActivations: !encoding.inputs[0].isTokens)
    try encoderNetwork.assign(weights, of: split.encoder)
    encoder = PassRunner(encoderNetwork, threads: threads)
    let masked = encoderNetwork.outputs.indices.filter { encoderNetwork.outputs[$0].mask != nil }
    var inputs = split.decoder.architecture.inputs
    for (number, shape) in encoding.outputs.enumerated() { inputs[1 + number] = shape }
    let decoderNetwork = try Network(
      split.decoder.architecture.with(inputs: inputs), rows: beginnings, workers: threads, isTraining: false,
      keepsActivations: true, maskedInputs: Set(masked.map { 1 + $0 }))
    try decoderNetwork.assign(weights, of: split.decoder)
    decoder = PassRunner(decoderNetwork, threads: threads)
  }

  /// Encodes sources.
  func encode(_ sources: [DecoderSource]) -> Encoded {
    let order = Array(sources.indices)
    encoder.begin(
      sources.areVectors
        ? PassRunner.RowLoad(features: [(0, sources.vectors)], order: order)
        : PassRunner.RowLoad(tokens: [(0, sources.padded(steps))], order: order))
    encoder.run()
    let network = encoder.network
    let values = network.outputs.indices.map(network.outputArray)
    let states = split.initialStates.map { state -> [Float] in
      switch state {
      case .encoded(let number): values[number]
      case .zeros(let width): [Float](repeating: 0, count: sources.count * width)
      }
    }
    return Encoded(
      values: values, masks: network.outputs.indices.map(network.outputMaskArray), states: states)
  }

  /// Begins steps of other beginnings than before; beginning i is one of row `rows[i]`.
  func begin(_ encoded: Encoded, rows: [Int]) {
    var load = PassRunner.RowLoad(order: rows)
    for (number, values) in encoded.values.enumerated() { load.features.append((1 + number, values)) }
    for (number, mask) in encoded.masks.enumerated() {
      if let mask { load.masks.append((1 + number, mask)) }
    }
    decoder.begin(load)
  }

  /// Processes a token of each beginning.
  ///
  /// - Parameters:
  ///   - states: the states, of which those of beginning i are in row `parents[i]`.
  /// - Returns: the probabilities of the next token, `[beginnings, tokens]`, and the new states.
  func step(
    _ tokens: [Int32], _ states: [[Float]], parents: [Int]
  ) -> (probabilities: [Float], states: [[Float]]) {
    let first = 1 + split.areSequences.count
    decoder.load(PassRunner.RowLoad(tokens: [(0, tokens)], order: Array(tokens.indices)))
    decoder.load(
      PassRunner.RowLoad(features: states.enumerated().map { (first + $0, $1) }, order: parents))
    decoder.run()
    let network = decoder.network
    return (network.outputArray(0), states.indices.map { network.outputArray(1 + $0) })
  }
}

extension Network {
  /// Sets the weights of a part of a network from those of the whole.
  fileprivate func assign(_ weights: [String: Tensor], of part: PartOfNetwork) throws {
    var own: [String: Tensor] = [:]
    for parameter in parameters { own[parameter.name] = weights[part.wholeName(of: parameter.name)] }
    try assign(own)
  }
}
