// What the cells of a chain of steps do with the sums of 16 units: with Keras's default functions by StepTanh.swift, or with
// any others.

/// The functions of a cell.
protocol StepFunctions {
  /// An LSTM's c and h from the sums of its gates and the c before.
  func lstm(_ i: Lanes, _ f: Lanes, _ g: Lanes, _ o: Lanes, before c: Lanes) -> (c: Lanes, h: Lanes)
  /// A GRU's h from the sums of its gates z and r, those of its candidate, x W and h U, and the h before.
  func gru(_ z: Lanes, _ r: Lanes, _ x: Lanes, _ u: Lanes, before h: Lanes) -> Lanes
  /// A SimpleRNN's h from its sums.
  func simple(_ z: Lanes) -> Lanes
}

/// tanh, and for the gates, whose sums are halved, s(2 x) = (1 + tanh x) / 2.
struct TableFunctions: StepFunctions {
  let table: UnsafePointer<Float>

  @inline(__always)
  func lstm(_ i: Lanes, _ f: Lanes, _ g: Lanes, _ o: Lanes, before: Lanes) -> (c: Lanes, h: Lanes) {
    let (input, candidate) = (stepTanh(i, table), stepTanh(g, table))
    let forget = stepTanh(f, table)
    // The half of what doesn't wait for the gates comes first.
    let kept = 0.5 * before
    let c = kept.plus(forget, times: kept).plus(
      candidate.plus(input, times: candidate), times: Lanes(repeating: 0.5))
    return (c, half(stepTanh(o, table)) * stepTanh(c, table))
  }

  @inline(__always)
  func gru(_ z: Lanes, _ r: Lanes, _ x: Lanes, _ u: Lanes, before h: Lanes) -> Lanes {
    let halfState = u * 0.5
    let candidate = stepTanh((x + halfState).plus(stepTanh(r, table), times: halfState), table)
    let keep = half(stepTanh(z, table))
    return (keep * h).plus(1 - keep, times: candidate)
  }

  @inline(__always) func simple(_ z: Lanes) -> Lanes { stepTanh(z, table) }

  /// (1 + x) / 2.
  @inline(__always)
  private func half(_ x: Lanes) -> Lanes { Lanes(repeating: 0.5).plus(x, times: Lanes(repeating: 0.5)) }
}

/// Any functions, selected at run time.
struct SelectedFunctions: StepFunctions {
  let kinds: CellActivations

  @inline(__always)
  func lstm(_ i: Lanes, _ f: Lanes, _ g: Lanes, _ o: Lanes, before: Lanes) -> (c: Lanes, h: Lanes) {
    let c = (gate(i) * simple(g)).plus(gate(f), times: before)
    return (c, gate(o) * simple(c))
  }

  @inline(__always)
  func gru(_ z: Lanes, _ r: Lanes, _ x: Lanes, _ u: Lanes, before h: Lanes) -> Lanes {
    let keep = gate(z)
    return (keep * h).plus(1 - keep, times: simple(x.plus(gate(r), times: u)))
  }

  @inline(__always) func simple(_ z: Lanes) -> Lanes { AnyActivation(kind: kinds.activation).value(z) }

  @inline(__always) private func gate(_ z: Lanes) -> Lanes { AnyActivation(kind: kinds.recurrent).value(z) }
}
