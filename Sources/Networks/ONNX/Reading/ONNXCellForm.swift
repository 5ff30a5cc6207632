// Recognizing the cell of a loop by what its states become, in any order of sums and products.
//
//   simple_rnn            h' = a(x W + h U + b)
//   gru                   h' = z h + (1 - z) g    z, r = s(...)    g = a(x W + b + r (h U + d)), or a(x W + (r h) U + b)
//   lstm                  h' = o a(c')    c' = f c + i g

import Kernels
import Tensor

/// The cell of a loop.
struct ONNXCellForm {
  let layer: any RecurrentDefinition
  let weights: [String: Tensor]
}

extension ONNXCellAlgebra {
  /// The cell whose states become these values; nil if it isn't known.
  /// - Parameters:
  ///   - states: for each state its number in the loop, its own value, and what it becomes.
  ///   - step: the number of the input's value.
  func form(_ states: [(own: Int, next: Int)], step: Int, units: Int) -> ONNXCellForm? {
    switch states.count {
    case 1: simple(states[0], step, units) ?? gru(states[0], step, units)
    case 2: lstm(states[0], states[1], step, units) ?? lstm(states[1], states[0], step, units)
    default: nil
    }
  }

  // MARK: Parts

  private func activation(_ number: Int) -> (kind: ActivationKind, of: Int)? {
    if case .activation(let kind, let inner) = values[number] { (kind, inner) } else { nil }
  }

  private func affine(_ number: Int) -> ONNXCellSum? {
    if case .affine(let sum) = values[number] { sum } else { nil }
  }

  /// Both orders of the values of a product.
  private func factors(_ number: Int) -> [(Int, Int)] {
    if case .product(let a, let b) = values[number] { [(a, b), (b, a)] } else { [] }
  }

  /// Both orders of the values of a sum.
  private func summands(_ number: Int) -> [(Int, Int)] {
    if case .sum(let a, let b) = values[number] { [(a, b), (b, a)] } else { [] }
  }

  /// The products of a gate with the input and the state, if it has nothing else.
  private func gate(
    _ sum: ONNXCellSum, _ step: Int, _ state: Int, units: Int
  ) -> (kernel: ONNXCellSum.Term, recurrent: ONNXCellSum.Term)? {
    guard sum.terms.count == 2, sum.width == units, let kernel = sum.term(step),
      let recurrent = sum.term(state),
      recurrent.inputs == units
    else { return nil }
    return (kernel, recurrent)
  }

  /// Matrices side by side.
  private func joined(_ terms: [ONNXCellSum.Term], units: Int) -> Tensor? {
    let inputs = terms[0].inputs
    guard inputs > 0, terms.allSatisfy({ $0.inputs == inputs }) else { return nil }
    let rows = (0..<inputs).flatMap { row in
      terms.flatMap { Array($0.matrix[row * units..<(row + 1) * units]) }
    }
    return Tensor(rows, shape: [inputs, terms.count * units])
  }

  // MARK: Cells

  private func simple(_ state: (own: Int, next: Int), _ step: Int, _ units: Int) -> ONNXCellForm? {
    guard let function = activation(state.next), let sum = affine(function.of),
      let terms = gate(sum, step, state.own, units: units), let kernel = joined([terms.kernel], units: units),
      let recurrent = joined([terms.recurrent], units: units)
    else { return nil }
    var options = RecurrentOptions(units: units)
    options.activation = function.kind
    return ONNXCellForm(
      layer: SimpleRNN(options: options),
      weights: ["kernel": kernel, "recurrent_kernel": recurrent, "bias": Tensor(sum.bias)])
  }

  private func gru(_ state: (own: Int, next: Int), _ step: Int, _ units: Int) -> ONNXCellForm? {
    for (kept, added) in summands(state.next) {
      for (z, own) in factors(kept) where own == state.own {
        for (rest, candidate) in factors(added) {
          guard case .complement(z) = values[rest], let update = activation(z), let g = activation(candidate)
          else {
            continue
          }
          if let form = gru(update, g, state.own, step, units) { return form }
        }
      }
    }
    return nil
  }

  private func gru(
    _ update: (kind: ActivationKind, of: Int), _ candidate: (kind: ActivationKind, of: Int), _ state: Int,
    _ step: Int,
    _ units: Int
  ) -> ONNXCellForm? {
    guard
      let parts = resetAfter(candidate.of, state, step, units)
        ?? resetBefore(candidate.of, state, step, units),
      let reset = activation(parts.reset), reset.kind == update.kind, let z = affine(update.of),
      let r = affine(reset.of),
      let zTerms = gate(z, step, state, units: units), let rTerms = gate(r, step, state, units: units),
      let kernel = joined([zTerms.kernel, rTerms.kernel, parts.kernel], units: units),
      let recurrent = joined([zTerms.recurrent, rTerms.recurrent, parts.recurrent], units: units)
    else { return nil }
    var options = RecurrentOptions(units: units)
    (options.activation, options.recurrentActivation) = (candidate.kind, update.kind)
    options.resetAfter = parts.recurrentBias != nil
    let first = z.bias + r.bias + parts.bias
    let second = parts.recurrentBias.map { [Float](repeating: 0, count: 2 * units) + $0 }
    return ONNXCellForm(
      layer: GRU(options: options),
      weights: [
        "kernel": kernel, "recurrent_kernel": recurrent,
        "bias": second.map { Tensor(first + $0, shape: [2, 3 * units]) } ?? Tensor(first),
      ])
  }

  /// The products of a GRU's candidate.
  private struct Candidate {
    /// The number of the reset gate.
    let reset: Int
    let kernel: ONNXCellSum.Term
    let recurrent: ONNXCellSum.Term
    let bias: [Float]
    /// The bias within the reset; nil if the gate applies before the product.
    let recurrentBias: [Float]?
  }

  /// x W + b + r (h U + d).
  private func resetAfter(_ number: Int, _ state: Int, _ step: Int, _ units: Int) -> Candidate? {
    for (input, rest) in summands(number) {
      for (reset, own) in factors(rest) {
        guard let x = affine(input), let h = affine(own), x.terms.count == 1, h.terms.count == 1,
          x.width == units,
          h.width == units, let kernel = x.term(step), let recurrent = h.term(state),
          recurrent.inputs == units
        else { continue }
        return Candidate(
          reset: reset, kernel: kernel, recurrent: recurrent, bias: x.bias, recurrentBias: h.bias)
      }
    }
    return nil
  }

  /// x W + (r h) U + b.
  private func resetBefore(_ number: Int, _ state: Int, _ step: Int, _ units: Int) -> Candidate? {
    guard let sum = affine(number), sum.terms.count == 2, sum.width == units, let kernel = sum.term(step),
      let recurrent = sum.terms.first(where: { $0.operand != step }), recurrent.inputs == units
    else { return nil }
    for (reset, own) in factors(recurrent.operand) where own == state {
      return Candidate(reset: reset, kernel: kernel, recurrent: recurrent, bias: sum.bias, recurrentBias: nil)
    }
    return nil
  }

  private func lstm(
    _ h: (own: Int, next: Int), _ c: (own: Int, next: Int), _ step: Int, _ units: Int
  ) -> ONNXCellForm? {
    for (o, shown) in factors(h.next) {
      guard let output = activation(shown), output.of == c.next else { continue }
      for (kept, added) in summands(c.next) {
        for (f, own) in factors(kept) where own == c.own {
          for (i, g) in factors(added) {
            let gates = [i, f, g, o].compactMap(activation)
            guard gates.count == 4, gates[2].kind == output.kind,
              Set([gates[0].kind, gates[1].kind, gates[3].kind]).count == 1,
              let form = lstm(gates, h.own, step, units)
            else { continue }
            return form
          }
        }
      }
    }
    return nil
  }

  private func lstm(
    _ gates: [(kind: ActivationKind, of: Int)], _ state: Int, _ step: Int, _ units: Int
  ) -> ONNXCellForm? {
    let sums = gates.compactMap { affine($0.of) }
    let terms = sums.compactMap { gate($0, step, state, units: units) }
    guard terms.count == 4, let kernel = joined(terms.map(\.kernel), units: units),
      let recurrent = joined(terms.map(\.recurrent), units: units)
    else { return nil }
    // With gates alike, input gate and candidate can't be told apart, nor need they.
    var options = RecurrentOptions(units: units)
    (options.activation, options.recurrentActivation) = (gates[2].kind, gates[0].kind)
    return ONNXCellForm(
      layer: LSTM(options: options),
      weights: ["kernel": kernel, "recurrent_kernel": recurrent, "bias": Tensor(sums.flatMap(\.bias))])
  }
}
