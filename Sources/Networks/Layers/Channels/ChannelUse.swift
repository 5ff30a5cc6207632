// How layers deal with channels. Between `channel_segments` and `join_channels`, a layer processes each channel of a row
// as a row of its own, and needs to know nothing about it: it sees the shape of one channel, is built for as many rows
// as there are channels in all, and runs on shards of these.

import Failures

/// How a layer deals with the channels of its inputs.
enum ChannelUse {
  /// Each channel is a row, and nothing more.
  case asRows
  /// The same, but its weights depend on the number of channels.
  case counts
  /// The rows of its output are not those of its input.
  case crosses
}

extension LayerDefinition {
  /// Runs `body`, which finds the shapes of the outputs, on the shapes of a single channel unless the layer needs to
  /// know about channels; throws `Failure` (usage) if only some values have channels.
  func byChannel(_ inputs: [ValueShape], _ body: ([ValueShape]) throws -> [ValueShape]) throws -> [ValueShape]
  {
    guard channelUse == .asRows, let count = inputs[0].channels ?? inputs.lazy.compactMap(\.channels).first
    else { return try body(inputs) }
    guard inputs.allSatisfy({ $0.channels == count }) else {
      throw Failure.usage(
        "layer \(Self.name): some of its inputs have \(counted(count, "channel")), others don't",
        remedy: "join the channels first, with join_channels")
    }
    return try body(inputs.map(\.ofChannel)).map { .channels(count, $0) }
  }
}

/// A layer whose rows are the channels of a shard's rows.
final class ChannelwiseLayer: Layer {
  private let layer: any Layer
  private let channels: Int

  init(_ layer: any Layer, channels: Int) { (self.layer, self.channels) = (layer, channels) }

  var outputs: [Activation] { layer.outputs }
  var computesOnlyUsedSteps: Bool { layer.computesOnlyUsedSteps }
  func prepare(_ pass: Pass) { layer.prepare(pass) }
  func forward(_ shard: Shard, _ pass: Pass) { layer.forward(shard.ofChannels(channels), pass) }
  func backward(_ shard: Shard, _ pass: Pass) { layer.backward(shard.ofChannels(channels), pass) }
}
