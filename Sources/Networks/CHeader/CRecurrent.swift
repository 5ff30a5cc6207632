// Recurrent layers in C: a loop over the steps that keeps the states in the program's state. A masked step leaves them as
// they are, so that its output is that of the step before.

import Kernels
import Tensor

/// The step of a recurrent layer in C.
struct CCell {
  /// Numbers that it needs for a moment.
  let scratch: Int
  /// Multiplications with additions.
  let work: Int
  /// Lines that compute the states, in place, from the input of the step and the states' names; `work` is the scratch
  /// memory.
  let step: (_ x: String, _ states: [String]) -> [String]
}

extension RecurrentDefinition {
  /// Writes a layer whose output is its first state.
  func writeC(_ cell: CCell, _ call: CCall) throws -> [CValue] {
    let (program, input) = (call.program, call.input)
    let initial = call.inputs.dropFirst().map(\.value)
    // As in Keras, a layer with a given initial state doesn't skip masked steps.
    let mask = initial.isEmpty ? input.mask : nil
    let reads = [input.value] + (mask.map { [$0] } ?? [])
    let axis = program.axis(of: [input.value]) ?? .fixed(1)
    let loop = program.loop(reading: reads + initial, over: axis, isBackward: options.goBackwards)
    let states = memories.map { program.shared.member(call.memberName($0.name), .float, $0.width) }
    program.shared.reserve(scratch: cell.scratch)
    program.begin(beginning(states, initial, call), loop)
    let lines = cell.step(program[input.value].name, states)
    let values = output(states[0], loop, axis, call)
    program.add(
      CPiece(
        lines: mask.map { call.block("if (\(program[$0].name)[0])", lines) } ?? lines, reads: reads,
        writes: values.isMade && !values.isReversed ? [values.value] : [], work: cell.work), to: loop)
    if values.isReversed {
      let copy = call.call(copying: outputWidth, states[0], program[values.value].name)
      program.add(CPiece(lines: [copy], reads: [], writes: [values.value]), to: loop)
    }
    guard options.returnState else { return [values.value] }
    return [values.value]
      + zip(states, memories).dropFirst(firstState).map { home, state in
        call.result(of: loop, at: home, state.width, as: "_last_\(state.name)")
      }
  }

  /// What is carried from step to step: the output, if it is no state, then the states.
  private var memories: [(name: String, width: Int)] {
    (Self.outputIsState ? [] : [(name: "output", width: outputWidth)])
      + zip(Self.stateNames, stateWidths).map { (name: $0, width: $1) }
  }

  /// The number of memories before the states.
  private var firstState: Int { Self.outputIsState ? 0 : 1 }

  /// Sets the states to zero, or to what is given.
  private func beginning(_ states: [String], _ initial: [CValue], _ call: CCall) -> CPiece {
    let lines = memories.enumerated().map { number, memory in
      initial.isEmpty || number < firstState
        ? call.clear(states[number], memory.width)
        : call.call(copying: memory.width, call.program[initial[number - firstState]].name, states[number])
    }
    return CPiece(lines: lines, reads: initial)
  }

  /// The output: the state after each step, in the order in which they are processed, or after the last one.
  private func output(
    _ home: String, _ loop: CLoop, _ axis: CAxis, _ call: CCall
  ) -> (value: CValue, isMade: Bool, isReversed: Bool) {
    guard options.returnSequences else {
      return (call.result(of: loop, at: home, outputWidth, as: ""), false, false)
    }
    let isReversed = options.goBackwards && !call.isDirection
    var description = CDescription(
      name: call.program.names.unique(call.name), width: outputWidth, axis: axis, place: .loop(loop))
    if !isReversed { description.home = home }
    (description.isReversed, description.isStored) = (isReversed, isReversed)
    return (call.program.add(description), true, isReversed)
  }
}

extension RecurrentProductDefinition {
  /// The product of the input and the state with the matrices, and the bias, in `work`; then `lines`.
  fileprivate func cell(
    _ call: CCall, _ lines: @escaping (_ states: [String]) -> [String]
  ) throws -> CCell {
    let (kernel, recurrent) = (try call.matrix("kernel"), try call.matrix("recurrent_kernel"))
    let bias = options.useBias ? try call.array("bias") : nil
    return CCell(scratch: kernel.columns, work: kernel.count + recurrent.count) { x, states in
      call.projected(x, kernel, bias: bias)
        + [call.addProduct(states[0], recurrent.rows, recurrent, to: "s->work")] + lines(states)
    }
  }
}

extension SimpleRNN {
  func writeC(_ call: CCall) throws -> [CValue] {
    let units = options.units
    let cell = try cell(call) { states in
      [call.forEach(units, "\(states[0])[i] = \(call.apply(options.activation, "s->work[i]"));")]
    }
    return try writeC(cell, call)
  }
}

extension LSTM {
  func writeC(_ call: CCall) throws -> [CValue] {
    let units = options.units
    let projection = projection > 0 ? try call.matrix("projection") : nil
    let cell = try cell(call) { states in
      call.lstm(options, states, output: projection == nil ? "\(states[0])[i]" : "s->work[i]")
        + (projection.map { matrix in
          [
            call.clear(states[0], matrix.columns),
            call.addProduct("s->work", units, matrix, to: states[0]),
          ]
        } ?? [])
    }
    return try writeC(
      CCell(scratch: cell.scratch, work: cell.work + (projection?.count ?? 0), step: cell.step), call)
  }
}

extension PeepholeLSTM {
  func writeC(_ call: CCall) throws -> [CValue] {
    let peephole = try call.array("peephole")
    return try writeC(
      cell(call) { call.lstm(options, $0, output: "\($0[0])[i]", peephole: peephole) }, call)
  }
}

extension CCall {
  /// The number of unit `i` in a part of `work`.
  func work(_ part: Int, _ units: Int) -> String { part == 0 ? "s->work[i]" : "s->work[i + \(part * units)]" }

  /// x W + b in `work`.
  func projected(_ x: String, _ kernel: CMatrix, bias: String?) -> [String] {
    [begin("s->work", kernel.columns, from: bias), addProduct(x, width, kernel, to: "s->work")]
  }

  /// The gates of an LSTM from their inputs in `work`: the memory, and the output.
  /// - Parameter output: where the output of unit `i` goes; it may be the place of its first input.
  fileprivate func lstm(
    _ options: RecurrentOptions, _ states: [String], output: String, peephole: String? = nil
  ) -> [String] {
    let (units, c) = (options.units, states[1])
    func input(_ gate: Int) -> String { work(gate, units) }
    func gate(_ number: Int, _ peepholeNumber: Int) -> String {
      let offset = peepholeNumber == 0 ? "" : " + \(peepholeNumber * units)"
      let own = peephole.map { " + \($0)[i\(offset)] * \(c)[i]" } ?? ""
      return apply(options.recurrentActivation, input(number) + own)
    }
    return block(
      "for (i = 0; i < \(units); i++)",
      [
        "const float add = \(gate(0, 0)) * \(apply(options.activation, input(2)));",
        "\(c)[i] = \(gate(1, 1)) * \(c)[i] + add;",
        "\(output) = \(gate(3, 2)) * \(apply(options.activation, "\(c)[i]"));",
      ])
  }
}

extension GRU {
  func writeC(_ call: CCall) throws -> [CValue] { try writeC(cell(call), call) }

  /// A step.
  func cell(_ call: CCall) throws -> CCell {
    let units = options.units
    let (kernel, recurrent) = (try call.matrix("kernel"), try call.matrix("recurrent_kernel"))
    let bias = options.useBias ? try call.array("bias") : nil
    let gates = 0..<2 * units
    let candidate = 2 * units..<3 * units
    let u = "s->work + \(3 * units)"
    let z = call.apply(options.recurrentActivation, "s->work[i]")
    let r = call.apply(options.recurrentActivation, "s->work[i + \(units)]")
    let g = "s->work[i + \(2 * units)]"
    return CCell(scratch: 4 * units, work: kernel.count + recurrent.count) { input, states in
      let h = states[0]
      let inputs =
        call.projected(input, kernel, bias: bias)
        + [call.addProduct(h, units, recurrent, columns: gates, to: "s->work")]
      let update = "\(h)[i] = z * \(h)[i] + (1.0f - z) * g;"
      guard options.resetAfter else {
        // The state is reset before its product with the candidate's columns.
        return inputs + [
          call.forEach(units, "s->work[i + \(3 * units)] = \(r) * \(h)[i];"),
          call.addProduct(u, units, recurrent, columns: candidate, to: "s->work + \(2 * units)"),
        ]
          + call.block(
            "for (i = 0; i < \(units); i++)",
            ["const float z = \(z), g = \(call.apply(options.activation, g));", update])
      }
      // The state's own biases.
      let more = bias.map {
        [call.forEach(2 * units, "s->work[i] += \($0)[i + \(3 * units)];")]
      }
      let reset = "\(g) + \(r) * s->work[i + \(3 * units)]"
      return inputs + (more ?? []) + [
        call.begin(u, units, from: bias.map { "\($0) + \(5 * units)" }),
        call.addProduct(h, units, recurrent, columns: candidate, to: u),
      ]
        + call.block(
          "for (i = 0; i < \(units); i++)",
          ["const float z = \(z), g = \(call.apply(options.activation, reset));", update])
    }
  }
}

extension Bidirectional {
  func writeC(_ call: CCall) throws -> [CValue] {
    let states = call.inputs.dropFirst()
    let half = states.count / 2
    func side(_ layer: LayerSpec, _ name: String, _ states: ArraySlice<CInput>) throws -> [CValue] {
      var inner = call.inner(name, prefix: "\(name).", inputs: [call.input] + states)
      inner.isDirection = true
      return try layer.definition.writeC(inner)
    }
    let first = try side(forward, "forward", states.prefix(half))
    let second = try side(backward, "backward", states.dropFirst(half))
    // As in Keras, if all steps are returned, the output of masked ones is zero.
    let mask = maskRule == .keeps && states.isEmpty ? call.input.mask : nil
    return [merged(first[0], second[0], mask, call)] + first.dropFirst() + second.dropFirst()
  }

  private func merged(_ first: CValue, _ second: CValue, _ mask: CValue?, _ call: CCall) -> CValue {
    let widths = [first, second].map { call.program[$0].width }
    let width = merge == .concat ? widths[0] + widths[1] : widths[0]
    let reads = [first, second] + (mask.map { [$0] } ?? [])
    // Each loop that reads them merges the outputs anew: both are stored.
    for value in [first, second] { call.program.store(value) }
    return call.each(width, reads, isCheap: true) { y, names in
      let (a, b) = (names[0], names[1])
      let lines: [String]
      switch merge {
      case .concat:
        lines = [
          call.call(copying: widths[0], a, y), call.call(copying: widths[1], b, "\(y) + \(widths[0])"),
        ]
      case .sum: lines = [call.forEach(width, "\(y)[i] = \(a)[i] + \(b)[i];")]
      case .mul: lines = [call.forEach(width, "\(y)[i] = \(a)[i] * \(b)[i];")]
      case .ave: lines = [call.forEach(width, "\(y)[i] = 0.5f * (\(a)[i] + \(b)[i]);")]
      }
      guard mask != nil else { return lines }
      return call.block("if (\(names[2])[0])", lines) + call.block("else", [call.clear(y, width)])
    }
  }
}
