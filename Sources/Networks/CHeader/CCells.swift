// A step in C of the cells that Keras doesn't have; the equations are at the head of each cell's file.

import Kernels
import Tensor

extension MinimalDefinition {
  /// Writes the layer, whose state is a mixture of itself and the candidate.
  /// - Parameter share: the share that is new, of unit `i`.
  fileprivate func writeC(_ call: CCall, share: String) throws -> [CValue] {
    let (kernel, units) = (try call.matrix("kernel"), options.units)
    let bias = options.useBias ? try call.array("bias") : nil
    let candidate = positive ? "\(call.positive)(\(call.work(0, units)))" : call.work(0, units)
    let cell = CCell(scratch: kernel.columns, work: kernel.count) { x, states in
      let h = "\(states[0])[i]"
      return call.projected(x, kernel, bias: bias)
        + call.block(
          "for (i = 0; i < \(units); i++)",
          ["const float z = \(share);", "\(h) = z * \(candidate) + (1.0f - z) * \(h);"])
    }
    return try writeC(cell, call)
  }
}

extension MinGRU {
  func writeC(_ call: CCall) throws -> [CValue] {
    try writeC(call, share: call.apply(.sigmoid, call.work(1, options.units)))
  }
}

extension MinLSTM {
  /// i / (f + i)
  func writeC(_ call: CCall) throws -> [CValue] {
    let (f, i) = (call.work(1, options.units), call.work(2, options.units))
    return try writeC(call, share: "\(call.share)(\(i), \(f))")
  }
}

extension SRU {
  func writeC(_ call: CCall) throws -> [CValue] {
    let (kernel, vector) = (try call.matrix("kernel"), try call.array("vector"))
    let (bias, units) = (options.useBias ? try call.array("bias") : nil, options.units)
    let isProjected = gates(inputWidth: call.width) == 4
    func gate(_ number: Int, _ c: String) -> String {
      let place = number == 0 ? "i" : "i + \(units)"
      let own = "\(call.work(number + 1, units)) + \(vector)[\(place)] * \(c)"
      return call.apply(.sigmoid, own + (bias.map { " + \($0)[\(place)]" } ?? ""))
    }
    let cell = CCell(scratch: kernel.columns, work: kernel.count) { x, states in
      let (y, c) = ("\(states[0])[i]", "\(states[1])[i]")
      let bypass = isProjected ? call.work(3, units) : "\(x)[i]"
      let output = "reset * \(call.apply(options.activation, c))"
      return call.projected(x, kernel, bias: nil)
        + call.block(
          "for (i = 0; i < \(units); i++)",
          [
            "const float forget = \(gate(0, c)), reset = \(gate(1, c));",
            "\(c) = forget * \(c) + (1.0f - forget) * \(call.work(0, units));",
            "\(y) = \(highway ? "\(output) + (1.0f - reset) * \(bypass)" : output);",
          ])
    }
    return try writeC(cell, call)
  }
}

extension SLSTM {
  func writeC(_ call: CCall) throws -> [CValue] {
    let (kernel, recurrent) = (try call.matrix("kernel"), try call.matrix("recurrent_kernel"))
    let (bias, units) = (options.useBias ? try call.array("bias") : nil, options.units)
    let cell = CCell(scratch: 4 * units, work: kernel.count + recurrent.count) { x, states in
      call.projected(x, kernel, bias: bias) + products(call, recurrent, state: states[0])
        + call.block("for (i = 0; i < \(units); i++)", gates(call, states))
    }
    return try writeC(cell, call)
  }

  /// Adds h U: each part of the state has its own columns of each gate.
  private func products(_ call: CCall, _ recurrent: CMatrix, state: String) -> [String] {
    let (units, part) = (options.units, options.units / heads)
    guard heads > 1 else { return [call.addProduct(state, units, recurrent, to: "s->work")] }
    return (0..<heads).flatMap { head in
      (0..<4).map { gate in
        let first = gate * units + head * part
        return call.addProduct(
          "\(state) + \(head * part)", part, recurrent, columns: first..<first + part,
          to: "s->work + \(first)")
      }
    }
  }

  /// The states of unit `i` from the gates' inputs.
  private func gates(_ call: CCall, _ states: [String]) -> [String] {
    let (h, c, n, m) = (states[0], states[1], states[2], states[3])
    func input(_ gate: Int) -> String { call.work(gate, options.units) }
    // ln s(x) = -softplus(-x)
    let kept = "\(m)[i] - \(call.apply(.softplus, "-\(input(1))"))"
    return [
      "const float in = \(input(0)), kept = \(kept);", "const int first = \(n)[i] == 0.0f;",
      "const float most = first || in > kept ? in : kept;",
      "const float add = expf(in - most), keep = first ? 0.0f : expf(kept - most);",
      "\(c)[i] = keep * \(c)[i] + add * tanhf(\(input(2)));", "\(n)[i] = keep * \(n)[i] + add;",
      "\(m)[i] = most;", "\(h)[i] = \(call.apply(.sigmoid, input(3))) * \(c)[i] / \(n)[i];",
    ]
  }
}

extension LayerNormLSTM {
  func writeC(_ call: CCall) throws -> [CValue] {
    let (kernel, recurrent) = (try call.matrix("kernel"), try call.matrix("recurrent_kernel"))
    let (bias, units) = (options.useBias ? try call.array("bias") : nil, options.units)
    func norm(_ role: String, _ width: Int) throws -> (String) -> [String] {
      let (gamma, beta) = (try call.array("\(role)_gamma"), try call.array("\(role)_beta"))
      return { call.normalize($0, width, epsilon: epsilon, gamma: gamma, beta: beta, into: $0) }
    }
    let (ofInput, ofState) = (try norm("kernel", 4 * units), try norm("recurrent", 4 * units))
    let ofMemory = try norm("state", units)
    func gate(_ number: Int) -> String { call.apply(options.recurrentActivation, call.work(number, units)) }
    let (u, own) = ("(s->work + \(4 * units))", bias.map { " + \($0)[i]" } ?? "")
    let cell = CCell(scratch: 8 * units, work: kernel.count + recurrent.count + 27 * units) { x, states in
      let (h, c) = (states[0], states[1])
      let candidate = call.apply(options.activation, call.work(2, units))
      let inputs =
        call.projected(x, kernel, bias: nil) + ofInput("s->work")
        + [call.clear(u, 4 * units), call.addProduct(h, units, recurrent, to: u)] + ofState(u)
      return inputs + [
        call.forEach(4 * units, "s->work[i] += \(u)[i]\(own);"),
        call.forEach(units, "\(c)[i] = \(gate(1)) * \(c)[i] + \(gate(0)) * \(candidate);"),
      ] + ofMemory(c) + [
        call.forEach(units, "\(h)[i] = \(gate(3)) * \(call.apply(options.activation, "\(c)[i]"));")
      ]
    }
    return try writeC(cell, call)
  }
}

// MARK: - Functions

extension CCall {
  /// The function that makes candidates positive: x + 1/2 for x >= 0, s(x) below.
  fileprivate var positive: String {
    let below = apply(.sigmoid, "v")
    return program.shared.function("positive") { name in
      "static float \(name)(float v) { return v < 0.0f ? \(below) : v + 0.5f; }\n"
    }
  }

  /// The function of the share that one of two gates has in their sum.
  fileprivate var share: String {
    let (first, second) = (apply(.sigmoid, "a"), apply(.sigmoid, "b"))
    return program.shared.function("share") { name in
      """
      static float \(name)(float a, float b)
      {
        const float first = \(first), second = \(second);
        return first / (first + second);
      }

      """
    }
  }
}
