// Two recurrent layers that read the same steps, one from the first to the last and one back, and whose outputs are joined:
// one bidirectional layer.

import Failures

/// Two directions that become one layer.
struct ONNXDirections {
  /// The number of the layer that reads from the first step to the last.
  let forward: Int
  /// The number of the other.
  let backward: Int
  let mode: MergeMode
  /// Whether all steps are joined, else the states after the last one.
  let joinsSteps: Bool
}

extension ONNXDraft {
  /// How a bidirectional layer would join what this draft joins; nil if it can't.
  var mode: MergeMode? {
    guard case .merge(let layer) = kind, inputs.count == 2 else { return nil }
    if isConcatenation { return .concat }
    return layer is Add ? .sum : layer is Multiply ? .mul : layer is Average ? .ave : nil
  }
}

extension [ONNXDraft] {
  /// The directions that a draft joins; nil if it joins something else.
  private func directions(_ draft: ONNXDraft) -> ONNXDirections? {
    guard let mode = draft.mode else { return nil }
    let numbers: (Int, Int)
    let joinsSteps: Bool
    switch (draft.inputs[0].source, draft.inputs[1].source) {
    case (.output(let first), .output(let second)):
      guard !draft.inputs[0].isReversed, draft.inputs[1].isReversed else { return nil }
      (numbers, joinsSteps) = ((first, second), true)
    case (.final(let first, 0), .final(let second, 0)): (numbers, joinsSteps) = ((first, second), false)
    default: return nil
    }
    guard let first = self[numbers.0].recurrent, let second = self[numbers.1].recurrent,
      !first.options.goBackwards, second.options.goBackwards, numbers.0 < numbers.1,
      self[numbers.0].inputs[0] == self[numbers.1].inputs[0],
      (self[numbers.0].inputs.count == 1) == (self[numbers.1].inputs.count == 1),
      mode == .concat || self[numbers.0].width == self[numbers.1].width
    else { return nil }
    return ONNXDirections(forward: numbers.0, backward: numbers.1, mode: mode, joinsSteps: joinsSteps)
  }

  /// All pairs of directions whose outputs are read only joined, by the number of the draft that joins them first.
  /// - Parameter outputs: the values of the network's outputs.
  func directions(outputs: [ONNXPart]) -> [Int: ONNXDirections] {
    var readers: [ONNXSource: [Int]] = [:]
    for (number, draft) in enumerated() {
      for input in draft.inputs { readers[input.source, default: []].append(number) }
    }
    let handedOut = Set(outputs.map(\.source))
    var result: [Int: ONNXDirections] = [:]
    var taken: Set<Int> = []
    // Joined steps come before joined states, which can be read as states of the same layer.
    for wantsSteps in [true, false] {
      for (number, draft) in enumerated() {
        guard let pair = directions(draft), pair.joinsSteps == wantsSteps, !taken.contains(pair.forward),
          !taken.contains(pair.backward)
        else { continue }
        let sequences = [ONNXSource.output(pair.forward), .output(pair.backward)]
        let isReadElsewhere = sequences.contains { source in
          handedOut.contains(source)
            || (readers[source] ?? []).contains { reader in
              !wantsSteps || self[reader].inputs != draft.inputs || self[reader].mode != draft.mode
            }
        }
        guard !isReadElsewhere else { continue }
        taken.formUnion([pair.forward, pair.backward])
        result[number] = pair
      }
    }
    return result
  }
}
