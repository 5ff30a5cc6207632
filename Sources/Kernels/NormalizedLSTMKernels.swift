// The gates of a layer-normalized LSTM for some rows of one time step, forward and backward. The normalization of c
// lies between the two halves of each:
//
//   i, f, g, o = s(z_i), s(z_f), a(z_g), s(z_o)     k = f c_{t-1} + i g
//   (c_t = norm k)                                  h_t = o a(c_t)
//
// Legend: rows n, units H; a gate occupies G = max(H, 16) columns of z, in Keras's order i f g o.

/// The first half of a step: the gates from z `[n, 4G]`, written to `gates` `[n, 4G]`, and k `[n, H]` from them.
public func normalizedLSTMGates(
  _ z: Matrix, before: Matrix, gates: Matrix, into k: Matrix, _ kinds: CellActivations
) {
  if kinds.isDefault {
    normalizedLSTMGates(z, before: before, gates: gates, into: k, TanhActivation(), SigmoidActivation())
  } else {
    normalizedLSTMGates(
      z, before: before, gates: gates, into: k, AnyActivation(kind: kinds.activation),
      AnyActivation(kind: kinds.recurrent))
  }
}

@inline(__always)
private func normalizedLSTMGates(
  _ z: Matrix, before: Matrix, gates: Matrix, into k: Matrix, _ a: some LaneActivation,
  _ s: some LaneActivation
) {
  let units = k.columns
  let gate = max(units, 16)
  for row in 0..<z.rows {
    let z = UnsafePointer(z.base + row * z.stride)
    let gates = gates.base + row * gates.stride
    let before = UnsafePointer(before.base + row * before.stride)
    let k = k.base + row * k.stride
    forEachVector(of: units) { j in
      let (i, f) = (s.value((z + j).lanes), s.value((z + gate + j).lanes))
      let (g, o) = (a.value((z + 2 * gate + j).lanes), s.value((z + 3 * gate + j).lanes))
      (gates + j).lanes = i
      (gates + gate + j).lanes = f
      (gates + 2 * gate + j).lanes = g
      (gates + 3 * gate + j).lanes = o
      (k + j).lanes = (i * g).plus(f, times: (before + j).lanes)
    }
  }
}

/// The second half: h_t `[n, H]` from c_t `[n, H]` and the gates.
public func normalizedLSTMOutput(
  _ cell: Matrix, gates: Matrix, into output: Matrix, _ kinds: CellActivations
) {
  if kinds.isDefault {
    normalizedLSTMOutput(cell, gates: gates, into: output, TanhActivation())
  } else {
    normalizedLSTMOutput(
      cell, gates: gates, into: output, AnyActivation(kind: kinds.activation))
  }
}

@inline(__always)
private func normalizedLSTMOutput(
  _ cell: Matrix, gates: Matrix, into output: Matrix, _ a: some LaneActivation
) {
  let units = output.columns
  let gate = max(units, 16)
  for row in 0..<output.rows {
    let o = UnsafePointer(gates.base + row * gates.stride + 3 * gate)
    let cell = UnsafePointer(cell.base + row * cell.stride)
    let output = output.base + row * output.stride
    forEachVector(of: units) { j in (output + j).lanes = (o + j).lanes * a.value((cell + j).lanes) }
  }
}

/// The backward pass of `normalizedLSTMOutput`: adds h_t's part to the gradient of c_t, in `gradient.cell`, and writes
/// that of z_o.
public func normalizedLSTMOutputBackward(
  _ cell: Matrix, gates: Matrix, z: Matrix, _ gradient: LSTMStepGradient, _ kinds: CellActivations
) {
  if kinds.isDefault {
    normalizedLSTMOutputBackward(cell, gates: gates, z: z, gradient, TanhActivation(), SigmoidActivation())
  } else {
    normalizedLSTMOutputBackward(
      cell, gates: gates, z: z, gradient, AnyActivation(kind: kinds.activation),
      AnyActivation(kind: kinds.recurrent))
  }
}

@inline(__always)
private func normalizedLSTMOutputBackward(
  _ cell: Matrix, gates: Matrix, z: Matrix, _ gradient: LSTMStepGradient, _ a: some LaneActivation,
  _ s: some LaneActivation
) {
  let units = cell.columns
  let gate = max(units, 16)
  for row in 0..<gradient.z.rows {
    let o = UnsafePointer(gates.base + row * gates.stride + 3 * gate)
    let z = UnsafePointer(z.base + row * z.stride + 3 * gate)
    let cell = UnsafePointer(cell.base + row * cell.stride)
    let dh = UnsafePointer(gradient.output.base + row * gradient.output.stride)
    let dc = gradient.cell.base + row * gradient.cell.stride
    let dz = gradient.z.base + row * gradient.z.stride + 3 * gate
    forEachGroup(of: units) { j, repeated in
      let c = (cell + j).lanes
      let (y, dy, o) = (a.value(c), (dh + j).lanes, (o + j).lanes)
      (dc + j).lanes += (dy * o * a.derivative(y, at: c)).lanes(repeated..<16)
      storeGate(dz + j, dy * y * s.derivative(o, at: (z + j).lanes), units)
    }
  }
}

/// The backward pass of `normalizedLSTMGates`: from dk, in `gradient.cell`, to the gradients of c_{t-1} and of
/// the other gates.
public func normalizedLSTMGatesBackward(
  _ before: Matrix, gates: Matrix, z: Matrix, _ gradient: LSTMStepGradient, _ kinds: CellActivations
) {
  if kinds.isDefault {
    normalizedLSTMGatesBackward(before, gates: gates, z: z, gradient, TanhActivation(), SigmoidActivation())
  } else {
    normalizedLSTMGatesBackward(
      before, gates: gates, z: z, gradient, AnyActivation(kind: kinds.activation),
      AnyActivation(kind: kinds.recurrent))
  }
}

@inline(__always)
private func normalizedLSTMGatesBackward(
  _ before: Matrix, gates: Matrix, z: Matrix, _ gradient: LSTMStepGradient, _ a: some LaneActivation,
  _ s: some LaneActivation
) {
  let units = before.columns
  let gate = max(units, 16)
  for row in 0..<gradient.z.rows {
    let gates = UnsafePointer(gates.base + row * gates.stride)
    let z = UnsafePointer(z.base + row * z.stride)
    let before = UnsafePointer(before.base + row * before.stride)
    let dk = UnsafePointer(gradient.cell.base + row * gradient.cell.stride)
    let dBefore = gradient.cellBefore.base + row * gradient.cellBefore.stride
    let dz = gradient.z.base + row * gradient.z.stride
    forEachVector(of: units) { j in
      let (i, f, g) = ((gates + j).lanes, (gates + gate + j).lanes, (gates + 2 * gate + j).lanes)
      let d = (dk + j).lanes
      (dBefore + j).lanes = d * f
      storeGate(dz + j, d * g * s.derivative(i, at: (z + j).lanes), units)
      storeGate(dz + gate + j, d * (before + j).lanes * s.derivative(f, at: (z + gate + j).lanes), units)
      storeGate(dz + 2 * gate + j, d * i * a.derivative(g, at: (z + 2 * gate + j).lanes), units)
    }
  }
}
