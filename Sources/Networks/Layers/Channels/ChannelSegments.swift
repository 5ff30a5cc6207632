// A sequence cut into segments, each feature for itself: every feature of a row becomes a channel, which the layers that
// follow process as a row of its own, until `join_channels` puts the channels together again. A step of a channel is a
// segment of W values.
//
//   y_s of channel c = (x_{sW,c}, ..., x_{sW+W-1,c})      dx_{sW+w,c} = dy_s of channel c, at w

import Failures
import Kernels

/// Segments of each feature of a sequence; Keras has no such layer.
struct ChannelSegments: LayerDefinition {
  static let table = OptionTable(
    name: "channel_segments", defaults: ChannelSegments(length: 0), positions: 1, required: 1,
    options: [.size("length", \.length, "steps of a segment; must divide the input's")])
  static let kerasClass = "ChannelSegments"
  static let isInKeras = false
  static let outputHelp = "for each feature (steps / length, length)"

  var length: Int

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let (steps, width) = try sequence(inputs[0])
    guard steps % length == 0 else {
      throw Failure.usage(
        "layer \(Self.name): \(counted(steps, "step")) can't be cut into segments of \(length)",
        remedy: "use a length that divides \(steps)")
    }
    return [.channels(width, .sequence(steps: steps / length, width: length))]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    ChannelSegmentsLayer(length, input: inputs[0].activation, context)
  }

  var channelUse: ChannelUse { .crosses }
  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "reads segments of steps" }
}

/// The layer that runs.
final class ChannelSegmentsLayer: Layer {
  let outputs: [Activation]
  private let input: Activation

  init(_ length: Int, input: Activation, _ context: LayerContext) {
    self.input = input
    outputs = [
      Activation(
        context.storage.ofChannels(input.width), steps: input.steps / length, width: length,
        hasGradient: context.isTraining)
    ]
  }

  /// Copies the values of the shard's rows to their channels.
  func forward(_ shard: Shard, _ pass: Pass) {
    forEachSegment(shard) { copySegment(of: input.values(shard, $0), into: output.values($1, $2)) }
  }

  /// Copies the gradients back.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    forEachSegment(shard) { joinSegment(output.gradients($1, $2), into: input.gradients(shard, $0)) }
  }

  private func forEachSegment(_ shard: Shard, _ body: (_ steps: Range<Int>, Shard, _ segment: Int) -> Void) {
    let channels = shard.ofChannels(input.width)
    for segment in output.allSteps {
      body(segment * output.width..<(segment + 1) * output.width, channels, segment)
    }
  }
}
