// Layers of channels in C, and the characters of words: the layers of a channel, or of a word, are a program that runs for
// each in turn, so that the state has memory for one.

import Failures
import Tensor

extension ChannelSegments {
  /// The segments of the channel `row`.
  func writeC(_ call: CCall) throws -> [CValue] {
    let (program, channels) = (call.program, call.width)
    let (steps, _) = try sequence(call.input.shape)
    let all = call.whole(call.input.value)
    let loop = program.loop(
      reading: [call.view(all, width: channels, axis: .fixed(channels), stride: 0)], over: .fixed(channels))
    let inner = program.channels(in: loop)
    let whole = inner.add(
      CDescription(
        name: program.names.unique("\(call.name)_all"), width: channels, axis: .fixed(steps / length),
        place: .view(all, level: 0, offset: 0, stride: 0)))
    return [
      call.within(inner).each(length, [whole], isCheap: true) { y, x in
        [call.forEach(length, "\(y)[i] = \(x[0])[(t * \(length) + i) * \(channels) + row];")]
      }
    ]
  }

  var needsStepsInC: Bool { true }
}

extension JoinChannels {
  /// The numbers of each channel, then those of all channels for each step.
  func writeC(_ call: CCall) throws -> [CValue] {
    let shape = call.input.shape
    let steps = (shape.steps ?? 1) * shape.width
    let own = shape.steps == nil ? call.input.value : call.whole(call.input.value)
    guard let all = call.program.sequence(of: own, steps, named: call.name),
      case .fixed(let channels) = call.program[all].axis
    else { throw Failure(.software, "layer \(call.name) has no channels") }
    let outside = call.within(all.program)
    let turned = outside.view(outside.whole(all), width: steps, axis: .fixed(steps), stride: 0)
    return [
      outside.each(channels, [turned], isCheap: true) { y, x in
        [outside.forEach(channels, "\(y)[i] = \(x[0])[i * \(steps) + t];")]
      }
    ]
  }

  var needsStepsInC: Bool { true }
}

extension SegmentGRU {
  /// The last state of the GRU, then for each segment one step of it from there, which reads the segment's embedding.
  func writeC(_ call: CCall) throws -> [CValue] {
    let encoder = GRU(options: options)
    let cell = try encoder.cell(call)
    let state = try encoder.writeC(cell, call)[0]
    let inputs = try embeddings(call)
    return [
      call.each(options.units, [inputs, state], as: "_segment", work: cell.work) { y, names in
        [call.call(copying: options.units, names[1], y)] + cell.step(names[0], [y])
      }
    ]
  }

  /// The embedding of each segment, beside that of the channel `row`.
  private func embeddings(_ call: CCall) throws -> CValue {
    let width = try call.tensor("positions").shape[1]
    let positions = call.program.add(
      CDescription(
        name: call.program.names.unique("\(call.name)_position"), width: width, axis: .fixed(segments),
        place: .argument(try call.array("positions"))))
    guard call.weights["channels"] != nil else { return positions }
    let (channels, further) = (try call.array("channels"), call.width - width)
    return call.each(call.width, [positions], as: "_embedding", isCheap: true) { y, position in
      [
        call.call(copying: width, position[0], y),
        call.call(copying: further, "\(channels) + row * \(further)", "\(y) + \(width)"),
      ]
    }
  }
}

extension WordCharacters {
  /// The states after the characters of a word. They are zero if it has none, since masked characters leave them.
  func writeC(_ call: CCall) throws -> [CValue] {
    let (program, own) = (call.program, call.program[call.input.value])
    guard case .characters(_, let length) = call.input.shape, case .argument(let name) = own.place,
      let axis = own.axis
    else { throw call.refusal() }
    let word = program.nested(in: program.loop(reading: [call.input.value], over: axis))
    let characters = word.add(
      CDescription(
        name: program.names.unique("\(call.name)_id"), element: .id, width: 1, axis: .fixed(length),
        place: .argument("\(name) + row * \(length)")))
    func reading(_ value: CValue, _ shape: ValueShape, _ mask: CValue?) -> CCall {
      call.within(word, inputs: [CInput(value: value, shape: shape, mask: mask)])
    }
    let ids = reading(characters, .tokens(steps: length), nil)
    let vectors = reading(
      try embedding.writeC(ids)[0], .sequence(steps: length, width: width), try embedding.maskInC(ids))
    let states = try both.writeC(vectors)[0]
    guard let words = word.sequence(of: states, word[states].width, named: call.name) else {
      throw call.refusal()
    }
    return [words]
  }

  /// Words with a character count.
  func maskInC(_ call: CCall) throws -> CValue? {
    guard case .characters(_, let length) = call.input.shape else { throw call.refusal() }
    return call.each(1, [call.input.value], .flag, as: "_mask", isCheap: true) { mask, ids in
      ["\(mask)[0] = 0;", call.forEach(length, "if (\(ids[0])[i] != 0) \(mask)[0] = 1;")]
    }
  }
}
