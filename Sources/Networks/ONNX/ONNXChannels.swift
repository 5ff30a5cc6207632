// Layers of channels in ONNX, and the characters of words: values whose channels, or words, are rows.

import ONNX
import Tensor

extension ChannelSegments {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let channels = call.node("Transpose", [call.input.value], ["perm": .integers([0, 2, 1])])
    let segments = (call.input.shape.steps ?? length) / length
    return [call.node("Reshape", [channels, call.graph.integers([-1, segments, length])])]
  }

  var needsStepsInONNX: Bool { true }
}

extension JoinChannels {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let shape = call.input.shape
    let (channels, numbers) = (shape.channels ?? 1, (shape.steps ?? 1) * shape.width)
    let rows = call.node("Reshape", [call.input.value, call.graph.integers([-1, channels, numbers])])
    return [call.node("Transpose", [rows], ["perm": .integers([0, 2, 1])])]
  }

  var needsStepsInONNX: Bool { true }
}

extension SegmentGRU {
  /// The encoder, and one step of it from its last state for each segment, whose inputs are the embeddings.
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let encoder = GRU(options: options)
    let state = try encoder.writeONNX(call)[0]
    let (graph, width) = (call.graph, call.input.shape.width)
    let channels = call.input.shape.channels ?? 1
    let embeddings = graph.constant(
      try embeddings(call, channels: channels), [channels, segments, width], name: "\(call.name).embeddings")
    // For each row its channels: zeros take the number of rows from the state.
    let zeros = call.node(
      "Mul",
      [
        call.node("Slice", [state, graph.integers([0]), graph.integers([1]), graph.integers([1])]),
        graph.scalar(0),
      ])
    let rows = call.node("Reshape", [zeros, graph.integers([-1, channels, 1, 1])])
    let steps = call.node(
      "Reshape", [call.node("Add", [rows, embeddings]), graph.integers([-1, 1, width])])
    let states = call.node(
      "Reshape",
      [
        call.node("Expand", [call.unsqueezed(state, axis: 1), graph.integers([1, segments, 1])]),
        graph.integers([-1, options.units]),
      ])
    var decoder = call
    decoder.inputs = [
      ONNXInput(value: steps, shape: .sequence(steps: 1, width: width), mask: nil),
      ONNXInput(value: states, shape: .vector(width: options.units), mask: nil),
    ]
    let output = try encoder.writeONNX(decoder)[0]
    return [call.node("Reshape", [output, graph.integers([-1, segments, options.units])])]
  }

  var needsStepsInONNX: Bool { true }

  /// The inputs of the decoder, for each channel and segment: the segment's part, then the channel's.
  private func embeddings(_ call: ONNXCall, channels: Int) throws -> [Float] {
    let positions = try call.tensor("positions")
    let own = call.weights["channels"]
    let (numbers, width) = (positions.floats, positions.shape[1])
    var result: [Float] = []
    for channel in 0..<channels {
      for segment in 0..<segments {
        result += numbers[segment * width..<(segment + 1) * width]
        guard let own else { continue }
        let size = own.shape[1]
        result += own.floats[channel * size..<(channel + 1) * size]
      }
    }
    return result
  }
}

extension WordCharacters {
  /// Embedding and recurrent layer, on rows that are words.
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    guard case .characters(_, let length) = call.input.shape else { throw call.refusal() }
    let graph = call.graph
    var words = call
    let rows = call.node("Reshape", [call.input.value, graph.integers([-1, length])])
    words.inputs = [ONNXInput(value: rows, shape: .tokens(steps: length), mask: nil)]
    let vectors = try embedding.writeONNX(words)[0]
    let mask = try embedding.maskInONNX(words)
    words.inputs = [ONNXInput(value: vectors, shape: .sequence(steps: length, width: width), mask: mask)]
    let states = try both.writeONNX(words)[0]
    let outer = call.node(
      "Slice", [call.node("Shape", [call.input.value]), graph.integers([0]), graph.integers([2])])
    let shape = call.node("Concat", [outer, graph.integers([-1])], ["axis": .integer(0)])
    let output = call.node("Reshape", [states, shape])
    guard let own = try maskInONNX(call) else { return [output] }
    return [call.node("Where", [call.counts(own), output, graph.scalar(0)])]
  }

  /// Words with a character count.
  func maskInONNX(_ call: ONNXCall) throws -> ONNXValue? {
    let ids = call.node("Cast", [call.input.value], ["to": .integer(Int(ONNXElement.int64.rawValue))])
    let counts = call.floats(call.node("Not", [call.node("Equal", [ids, call.graph.integers([0])])]))
    return call.node("ReduceMax", [counts], ["axes": .integers([-1]), "keepdims": .integer(0)])
  }
}
