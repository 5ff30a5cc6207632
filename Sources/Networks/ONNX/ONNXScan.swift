// Recurrent layers that ONNX has no operator for, as a Scan over the steps: its body is one step of the cell. What doesn't
// depend on the state is computed before it, for all steps at once. A masked step leaves the states as they are.

import Failures
import Kernels
import ONNX
import Tensor

/// A recurrent layer as a Scan.
struct ONNXScan {
  /// What a step makes of its inputs and of the states.
  typealias Step = (_ call: ONNXCall, _ inputs: [ONNXValue], _ states: [ONNXValue]) -> [ONNXValue]

  let options: RecurrentOptions
  /// The widths of the states, the output first.
  let widths: [Int]
  /// Whether the output is a state that other layers can read and set.
  var outputIsState = true
  /// Values that the steps read, `[batch, steps, any width]`.
  let inputs: [ONNXValue]
  /// One step: the new states.
  let step: Step

  init(
    _ options: RecurrentOptions, widths: [Int], outputIsState: Bool = true, inputs: [ONNXValue],
    step: @escaping Step
  ) {
    (self.options, self.widths, self.outputIsState) = (options, widths, outputIsState)
    (self.inputs, self.step) = (inputs, step)
  }

  /// The output, then the states if they are returned.
  func write(_ call: ONNXCall) throws -> [ONNXValue] {
    let graph = call.graph
    // As in Keras, a layer with a given initial state doesn't skip masked steps.
    let mask = call.inputs.count == 1 ? call.input.mask : nil
    let carried = try ONNXCarriedStates(options, call, mask: mask, widths: Array(widths[firstState...]))
    var sequences = inputs.map { call.node("Transpose", [$0], ["perm": .integers([1, 0, 2])]) }
    if let mask {
      let turned = call.node("Transpose", [mask], ["perm": .integers([1, 0])])
      sequences.append(call.counts(turned))
    }
    let beginning = beginning(call, carried.inputs)
    let body = graph.body("\(call.name)/step", inputs: beginning.count + sequences.count) { values in
      let (states, read) = (Array(values.prefix(widths.count)), Array(values.dropFirst(widths.count)))
      var next = step(call, read, states)
      if mask != nil, let counts = read.last {
        next = zip(next, states).map { call.node("Where", [counts, $0, $1]) }
      }
      return next + [call.node("Identity", [next[0]])]
    }
    let backwards = options.goBackwards ? 1 : 0
    let results = graph.nodes(
      "Scan", beginning + sequences,
      [
        "body": body, "num_scan_inputs": .integer(sequences.count),
        "scan_input_directions": .integers(sequences.map { _ in backwards }),
        "scan_output_directions": .integers([backwards]),
      ], outputs: widths.count + 1, name: "\(call.name)/Scan")
    carried.write(Array(results[firstState..<widths.count]))
    let states = options.returnState ? Array(results[firstState..<widths.count]) : []
    guard options.returnSequences else { return [results[0]] + states }
    var sequence = call.node("Transpose", [results[widths.count]], ["perm": .integers([1, 0, 2])])
    if options.goBackwards && !call.isDirection { sequence = call.reversed(sequence) }
    return [sequence] + states
  }

  /// The number of the first state that other layers can read and set.
  private var firstState: Int { outputIsState ? 0 : 1 }

  /// The states before the first step: given ones, else zeros.
  private func beginning(_ call: ONNXCall, _ carried: [ONNXValue]) -> [ONNXValue] {
    let graph = call.graph
    let given = carried.isEmpty ? call.inputs.dropFirst().map(\.value) : carried
    // Zeros for each row, from the first number of its first step.
    let first = call.node(
      "Slice",
      [inputs[0], graph.integers([0, 0]), graph.integers([1, 1]), graph.integers([1, 2])])
    let zeros = call.node("Mul", [call.node("Squeeze", [first, graph.integers([2])]), graph.scalar(0)])
    return widths.indices.map { number in
      if number >= firstState, !given.isEmpty { return given[number - firstState] }
      return call.node("Expand", [zeros, graph.integers([1, widths[number]])])
    }
  }
}

/// The states that a stateful layer has between batches: inputs and outputs of the model.
struct ONNXCarriedStates {
  /// The states before the first step; none if the layer isn't stateful.
  let inputs: [ONNXValue]
  private let call: ONNXCall
  private let names: [String]
  private let widths: [Int]

  /// - Parameters:
  ///   - mask: which steps count.
  ///   - widths: the widths of the states.
  /// - Throws: `Failure` (data) if steps can be masked: then a row's output and its state differ before its first one.
  init(_ options: RecurrentOptions, _ call: ONNXCall, mask: ONNXValue?, widths: [Int]) throws {
    (self.call, self.widths) = (call, widths)
    guard options.stateful else {
      (inputs, names) = ([], [])
      return
    }
    guard mask == nil else {
      throw call.refusal("which keeps its state from batch to batch and has masked steps")
    }
    names = call.stateNames
    let place = call.name.replacing("/", with: ".")
    inputs = zip(names, widths).map { name, width in
      call.graph.input("\(place).\(name)0", .float, [.named("batch"), .fixed(width)])
    }
  }

  /// Makes the states after the last step outputs.
  func write(_ finals: [ONNXValue]) {
    let place = call.name.replacing("/", with: ".")
    for (number, name) in names.enumerated() where number < finals.count {
      call.graph.stateOutput(
        finals[number], as: "\(place).\(name)n", [.named("batch"), .fixed(widths[number])])
    }
  }
}
