// Networks of layers that the documents of the fixtures don't have, as C headers: the presets' graphs with few units, layers of
// channels and of words that come in no preset, and matrices in fewer bits. fixtures/c/verified.txt has them as
// `networks/NAME`.

import Networks
import Tensor
import TensorFile

/// A network that is written as a C header.
struct CNetwork {
  let name: String
  private let layers: String
  /// The shape of each input, by name.
  private let inputs: [String: ValueShape]
  private let precision: WeightPrecision?

  private init(
    _ name: String, _ inputs: [String: ValueShape], _ layers: String, _ precision: WeightPrecision? = nil
  ) {
    (self.name, self.inputs, self.layers, self.precision) = (name, inputs, layers, precision)
  }

  /// The same network with its matrices in fewer bits.
  private func with(_ precision: WeightPrecision) -> CNetwork {
    CNetwork("\(name)_\(precision.rawValue)", inputs, layers, precision)
  }

  /// The header, and the network with the weights that it has.
  func written() throws -> (header: [UInt8], network: GeneratedNetwork) {
    let topology = try Topology(parsing: layers)
    let architecture = try Architecture(
      topology, inputs: topology.inputs.map { inputs[$0.name] ?? .vector(width: 1) })
    var network = try GeneratedNetwork(architecture)
    var narrow: [String: NarrowTensor] = [:]
    if let precision {
      let model = ModelFile(
        architecture, weights: network.weights, ObjectiveText(loss: "mse", metrics: []),
        facts: StreamHeader(kind: ""))
      let small = try model.quantized(precision).model
      (network.weights, narrow) = (small.weights, small.header.narrow)
    }
    let options = CHeaderOptions(prefix: CPrefix(path: "net.h"), version: "test")
    return (try architecture.cHeader(weights: network.weights, narrow: narrow, options), network)
  }

  static let all =
    plain
    + WeightPrecision.allCases.flatMap { precision in
      plain.filter { ["crf_tagger", "translator", "segrnn", "cells"].contains($0.name) }.map {
        $0.with(precision)
      }
    }

  private static let sentence: [String: ValueShape] = [
    "x": .tokens(steps: 7), "chars": .characters(steps: 7, length: 5),
  ]
  private static let series: [String: ValueShape] = ["x": .sequence(steps: 12, width: 3)]

  private static let words = """
    words: {x} embedding(9,4,mask_zero); letters: {chars} word_characters(8,3,lstm(2)); \
    tags: {words letters} concatenate bidirectional(lstm(3,return_sequences))
    """

  private static let plain = [
    CNetwork("tagger", sentence, "\(words) dense(4,softmax)"),
    CNetwork("crf_tagger", sentence, "\(words) dense(4) crf"),
    CNetwork("crf", series, "dense(5) crf"),
    CNetwork("crf_masked", ["x": .tokens(steps: 9)], "embedding(6,3,mask_zero) dense(257) crf"),
    CNetwork(
      "words_in_time", sentence,
      "tags: {chars} word_characters(8,3,gru(2)) lstm(3,return_sequences) dense(2)"),
    CNetwork(
      "translator", ["source": .tokens(steps: 6), "target": .tokens(steps: 5)],
      """
      encoder: {source} embedding(9,4,mask_zero) bidirectional(lstm(2,return_sequences,return_state)); \
      h: {encoder.forward_h encoder.backward_h} concatenate; c: {encoder.forward_c encoder.backward_c} concatenate; \
      decoder: {target} embedding(8,4,mask_zero) lstm(4,return_sequences,initial_state={h c}); \
      context: {decoder encoder} attention; next: {decoder context} concatenate dense(4,tanh) dense(8,softmax)
      """),
    CNetwork(
      "segrnn", series,
      """
      last: {x} last_step; change: {x last} subtract channel_segments(4) dense(6,relu) segment_gru(6,2) dense(4) \
      join_channels; forecast: {change last} add flatten
      """),
    CNetwork(
      "channels", series,
      """
      a: {x} channel_segments(3) conv1d(4,2) bidirectional(gru(2,return_sequences)); \
      b: {x} lstm(3,return_sequences) channel_segments(4) layer_norm dense(4); c: {a b} add; whole: {c} join_channels; \
      last: {c} lstm(2) join_channels
      """),
    CNetwork(
      "cells", series,
      """
      min_gru(4,return_sequences) min_lstm(4,return_sequences) sru(4,return_sequences) sru(6,return_sequences) \
      slstm(4,heads=2,return_sequences) layer_norm_lstm(3)
      """),
  ]
}
