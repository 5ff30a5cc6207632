// The channels of a row as the features of one sequence, the reverse of `channel_segments`: the segments of a channel,
// one after another, are the steps of a feature.
//
//   y_{sW+w,c} = x_s of channel c, at w      dx_s of channel c = (dy_{sW,c}, ..., dy_{sW+W-1,c})

import Failures
import Kernels

/// A sequence of the channels' segments; Keras has no such layer.
struct JoinChannels: LayerDefinition {
  static let table = OptionTable(name: "join_channels", defaults: JoinChannels(), options: [])
  static let kerasClass = "JoinChannels"
  static let isInKeras = false
  static let outputHelp = "(steps * width, channels)"

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    guard case .channels(let count, let channel) = inputs[0] else {
      throw Failure.usage(
        "layer \(Self.name): its input has no channels", remedy: "it reads what channel_segments began")
    }
    return [.sequence(steps: (channel.steps ?? 1) * channel.width, width: count)]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    JoinChannelsLayer(input: inputs[0].activation, context)
  }

  var channelUse: ChannelUse { .crosses }
  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "joins segments of steps" }
}

/// The layer that runs.
final class JoinChannelsLayer: Layer {
  let outputs: [Activation]
  private let input: Activation

  init(input: Activation, _ context: LayerContext) {
    self.input = input
    outputs = [
      Activation(
        context.storage, steps: input.steps * input.width, width: input.channels,
        hasGradient: context.isTraining)
    ]
  }

  /// Copies the values of the channels to their rows.
  func forward(_ shard: Shard, _ pass: Pass) {
    forEachSegment(shard) { joinSegment(input.values($1, $2), into: output.values(shard, $0)) }
  }

  /// Copies the gradients back.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    forEachSegment(shard) { copySegment(of: output.gradients(shard, $0), into: input.gradients($1, $2)) }
  }

  private func forEachSegment(_ shard: Shard, _ body: (_ steps: Range<Int>, Shard, _ segment: Int) -> Void) {
    let channels = shard.ofChannels(input.channels)
    for segment in input.allSteps {
      body(segment * input.width..<(segment + 1) * input.width, channels, segment)
    }
  }
}
