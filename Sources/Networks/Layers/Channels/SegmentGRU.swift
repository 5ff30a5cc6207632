// A GRU that reads segments of a series and predicts the segments that follow, all at once (SegRNN, Lin et al. 2023).
//
//   h = the last state of a GRU over the input's steps, from zero
//   e_{m,c} = (P_m, Q_c)                 of output segment m and channel c: learned embeddings, side by side
//   y_m of channel c = one step of the same GRU from h, with e_{m,c} as its input
//
// Without channels, or with channel_embedding=false, e_m = P_m is as wide as the input.
//
// Exact savings: e W is P_m W_p + Q_c W_q, a product for each segment and each channel, whatever the number of rows; and
// h U is a product for each row, whatever the number of segments. The gradients of both are summed before they are
// multiplied (Kernels/ParallelGRUKernels.swift).

import Kernels

/// SegRNN's encoder and decoder; Keras has no such layer.
struct SegmentGRU: LayerDefinition {
  static let table = OptionTable(
    name: "segment_gru", defaults: SegmentGRU(options: RecurrentOptions(units: 0), segments: 0), positions: 2,
    required: 2,
    options: [
      .size("units", \.options.units, "width of the output and of the state"),
      .size("segments", \.segments, "number of segments to predict"),
      CallOption(
        "channel_embedding", \.hasChannelEmbedding, "whether channels have an embedding of their own"),
      CallOption("kernel_initializer", \.options.kernelInitializer, "initial W"),
      CallOption("recurrent_initializer", \.options.recurrentInitializer, "initial U"),
      CallOption("bias_initializer", \.options.biasInitializer, "initial b"),
      CallOption("embeddings_initializer", \.embeddingInitializer, "initial embeddings"),
    ])
  static let kerasClass = "SegmentGRU"
  static let isInKeras = false
  static let outputHelp = "(segments, units)"

  var options: RecurrentOptions
  var segments: Int
  var hasChannelEmbedding = true
  var embeddingInitializer = Initializer.normal(mean: 0, deviation: 1)

  /// The GRU that reads the input.
  private var encoder: GRU { GRU(options: options) }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    _ = try sequence(inputs[0].ofChannel)
    let output = ValueShape.sequence(steps: segments, width: options.units)
    return [inputs[0].channels.map { .channels($0, output) } ?? output]
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let width = inputs[0].width
    let channels = hasChannelEmbedding ? inputs[0].channels : nil
    let ofChannels = channels == nil ? 0 : width / 2
    let positions = WeightSpec(
      role: "positions", shape: [segments, width - ofChannels], initializer: embeddingInitializer)
    // An input of width 1 has no room for the channels' part.
    let further = channels.flatMap { channels in
      ofChannels == 0
        ? nil
        : WeightSpec(role: "channels", shape: [channels, ofChannels], initializer: embeddingInitializer)
    }
    return encoder.productWeights(inputWidth: width) + [positions] + (further.map { [$0] } ?? [])
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    try SegmentGRULayer(encoder, segments: segments, inputs, context)
  }

  var channelUse: ChannelUse { .counts }
  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "predicts from the whole input" }
}
