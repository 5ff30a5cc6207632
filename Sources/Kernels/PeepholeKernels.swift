// The gates of an LSTM with peepholes for some rows of one time step, forward and backward (Gers and Schmidhuber 2000).
//
//   i, f = s(z_i + p_i c_{t-1}), s(z_f + p_f c_{t-1})     g = a(z_g)
//   c_t = f c_{t-1} + i g     o = s(z_o + p_o c_t)        h_t = o a(c_t)
//
// Legend: as in LSTMKernels.swift, whose buffers these functions use; p is `[1, 3G]`, in the order i f o.

/// Applies the gates: from z and c_{t-1} to c_t and h_t, storing what the backward pass reads if `keeps`.
public func peepholeForward(_ step: LSTMStep, peepholes: Matrix, keeps: Bool, _ kinds: CellActivations) {
  if kinds.isDefault {
    peepholeForward(step, peepholes, keeps, TanhActivation(), SigmoidActivation())
  } else {
    peepholeForward(
      step, peepholes, keeps, AnyActivation(kind: kinds.activation), AnyActivation(kind: kinds.recurrent))
  }
}

@inline(__always)
private func peepholeForward(
  _ step: LSTMStep, _ peepholes: Matrix, _ keeps: Bool, _ a: some LaneActivation, _ s: some LaneActivation
) {
  let units = step.output.columns
  let gate = max(units, 16)
  let p = UnsafePointer(peepholes.base)
  for row in 0..<step.z.rows {
    let (z, kept, before, cell, output) = step.row(row)
    forEachVector(of: units) { j in
      let past = (before + j).lanes
      let i = s.value((z + j).lanes.plus((p + j).lanes, times: past))
      let f = s.value((z + gate + j).lanes.plus((p + gate + j).lanes, times: past))
      let g = a.value((z + 2 * gate + j).lanes)
      let c = (i * g).plus(f, times: past)
      let o = s.value((z + 3 * gate + j).lanes.plus((p + 2 * gate + j).lanes, times: c))
      let y = a.value(c)
      if keeps {
        LSTMKept(i: i, f: f, g: g, o: o, y: y).store(kept, j)
      }
      (cell + j).lanes = c
      (output + j).lanes = o * y
    }
  }
}

/// The gates' backward pass: from dh_t and dc_t to dz and dc_{t-1}; each peephole passes its gate's gradient to the
/// state that it reads.
public func peepholeBackward(
  _ step: LSTMStep, _ gradient: LSTMStepGradient, peepholes: Matrix, _ kinds: CellActivations
) {
  if kinds.isDefault {
    peepholeBackward(step, gradient, peepholes, TanhActivation(), SigmoidActivation())
  } else {
    peepholeBackward(
      step, gradient, peepholes, AnyActivation(kind: kinds.activation), AnyActivation(kind: kinds.recurrent))
  }
}

@inline(__always)
private func peepholeBackward(
  _ step: LSTMStep, _ gradient: LSTMStepGradient, _ peepholes: Matrix, _ a: some LaneActivation,
  _ s: some LaneActivation
) {
  let units = step.output.columns
  let gate = max(units, 16)
  let p = UnsafePointer(peepholes.base)
  for row in 0..<gradient.z.rows {
    let (z, kept, before, cell, _) = step.row(row)
    let (dh, dcAfter, dcBefore, dz) = gradient.row(row)
    forEachVector(of: units) { j in
      let values = LSTMKept(kept, j)
      let (i, f, g, o, y) = (values.i, values.f, values.g, values.o, values.y)
      let dy = (dh + j).lanes
      let (past, c) = ((before + j).lanes, (cell + j).lanes)
      let (pi, pf, po) = ((p + j).lanes, (p + gate + j).lanes, (p + 2 * gate + j).lanes)
      let dzo = dy * y * s.derivative(o, at: (z + 3 * gate + j).lanes.plus(po, times: c))
      let dc = (dcAfter + j).lanes.plus(dy * o, times: a.derivative(y, at: c)).plus(dzo, times: po)
      let dzi = dc * g * s.derivative(i, at: (z + j).lanes.plus(pi, times: past))
      let dzf = dc * past * s.derivative(f, at: (z + gate + j).lanes.plus(pf, times: past))
      (dcBefore + j).lanes = (dc * f).plus(dzi, times: pi).plus(dzf, times: pf)
      storeGate(dz + j, dzi, units)
      storeGate(dz + gate + j, dzf, units)
      storeGate(dz + 2 * gate + j, dc * i * a.derivative(g, at: (z + 2 * gate + j).lanes), units)
      storeGate(dz + 3 * gate + j, dzo, units)
    }
  }
}
