// The GRU's gates for some rows of one time step, forward and backward (the layer computes the products).
//
//   z, r = s(x_z + u_z), s(x_r + u_r)            x = x W + b_i,  u = h_{t-1} U + b_r
//   g = a(x_h + r u_h)                           reset after the product (Keras's default)
//   g = a(x_h + (r h_{t-1}) U_h)                 reset before the product (Cho et al., 2014)
//   h_t = z h_{t-1} + (1 - z) g
//
// Legend: rows n, units H; a gate occupies G = max(H, 16) columns, in Keras's order z r h.

/// The buffers of one GRU step; each `[n, ...]`.
public struct GRUStep {
  /// x W + b_i, `[n, 3G]`.
  public var x: Matrix
  /// h_{t-1} U + b_r, `[n, 3G]`; only z and r if the reset comes before the product.
  public var u: Matrix
  /// z, r, g and, if the reset comes after the product, u_h, kept for the backward pass, `[n, 4G]`.
  public var gates: Matrix
  /// The inputs of the activations of z, r and g, `[n, 3G]`; written forward and read backward only if one of
  /// them needs its input, otherwise never written.
  public var inputs: Matrix
  /// h_{t-1}, `[n, H]`.
  public var before: Matrix
  /// h_t, `[n, H]`.
  public var output: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(x: Matrix, u: Matrix, gates: Matrix, inputs: Matrix, before: Matrix, output: Matrix) {
    self.x = x
    self.u = u
    self.gates = gates
    self.inputs = inputs
    self.before = before
    self.output = output
  }
}

/// The gradients of one GRU step; each `[n, ...]`.
public struct GRUStepGradient {
  /// dL/dh_t, `[n, H]`.
  public var output: Matrix
  /// The part of dL/dh_{t-1} that doesn't pass through U, written, `[n, H]`; must not share memory with `output`.
  public var before: Matrix
  /// dL/dx, written, `[n, 3G]`.
  public var x: Matrix
  /// dL/du, written, `[n, 3G]`; only z and r if the reset comes before the product.
  public var u: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(output: Matrix, before: Matrix, x: Matrix, u: Matrix) {
    self.output = output
    self.before = before
    self.x = x
    self.u = u
  }
}

// MARK: - Reset after the product

/// From x and u to h_t.
public func gruForward(_ step: GRUStep, _ kinds: CellActivations) {
  if kinds.isDefault {
    gruForward(step, TanhActivation(), SigmoidActivation())
  } else {
    gruForward(step, AnyActivation(kind: kinds.activation), AnyActivation(kind: kinds.recurrent))
  }
}

@inline(__always)
private func gruForward(_ step: GRUStep, _ a: some LaneActivation, _ s: some LaneActivation) {
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<step.x.rows {
    let x = UnsafePointer(step.x.base + row * step.x.stride)
    let u = UnsafePointer(step.u.base + row * step.u.stride)
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let gates = step.gates.base + row * step.gates.stride
    let inputs = step.inputs.base + row * step.inputs.stride
    let output = step.output.base + row * step.output.stride
    forEachVector(of: units) { j in
      let z = value(s, (x + j).lanes + (u + j).lanes, keeping: inputs + j)
      let r = value(s, (x + gate + j).lanes + (u + gate + j).lanes, keeping: inputs + gate + j)
      let uh = (u + 2 * gate + j).lanes
      let g = value(a, (x + 2 * gate + j).lanes.plus(r, times: uh), keeping: inputs + 2 * gate + j)
      (gates + j).lanes = z
      (gates + gate + j).lanes = r
      (gates + 2 * gate + j).lanes = g
      (gates + 3 * gate + j).lanes = uh
      (output + j).lanes = (z * (before + j).lanes).plus(1 - z, times: g)
    }
  }
}

/// f(x); also stores x if the backward pass needs it.
@inline(__always)
private func value(_ f: some LaneActivation, _ x: Lanes, keeping input: UnsafeMutablePointer<Float>) -> Lanes
{
  if f.needsInput { input.lanes = x }
  return f.value(x)
}

/// From dh_t to dx, du and the direct part of dh_{t-1}.
public func gruBackward(_ step: GRUStep, _ gradient: GRUStepGradient, _ kinds: CellActivations) {
  if kinds.isDefault {
    gruBackward(step, gradient, TanhActivation(), SigmoidActivation())
  } else {
    gruBackward(step, gradient, AnyActivation(kind: kinds.activation), AnyActivation(kind: kinds.recurrent))
  }
}

@inline(__always)
private func gruBackward(
  _ step: GRUStep, _ gradient: GRUStepGradient, _ a: some LaneActivation, _ s: some LaneActivation
) {
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<gradient.x.rows {
    let gates = UnsafePointer(step.gates.base + row * step.gates.stride)
    let inputs = UnsafePointer(step.inputs.base + row * step.inputs.stride)
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let dh = UnsafePointer(gradient.output.base + row * gradient.output.stride)
    let dBefore = gradient.before.base + row * gradient.before.stride
    let dx = gradient.x.base + row * gradient.x.stride
    let du = gradient.u.base + row * gradient.u.stride
    forEachVector(of: units) { j in
      let z = (gates + j).lanes
      let r = (gates + gate + j).lanes
      let g = (gates + 2 * gate + j).lanes
      let dy = (dh + j).lanes
      let dg = dy * (1 - z) * a.derivative(g, at: (inputs + 2 * gate + j).lanes)
      let dz = dy * ((before + j).lanes - g) * s.derivative(z, at: (inputs + j).lanes)
      let dr = dg * (gates + 3 * gate + j).lanes * s.derivative(r, at: (inputs + gate + j).lanes)
      (dBefore + j).lanes = dy * z
      storeGate(dx + j, dz, units)
      storeGate(dx + gate + j, dr, units)
      storeGate(dx + 2 * gate + j, dg, units)
      storeGate(du + j, dz, units)
      storeGate(du + gate + j, dr, units)
      storeGate(du + 2 * gate + j, dg * r, units)
    }
  }
}

// MARK: - Reset before the product

/// The gates z and r from x and u, and r h_{t-1}, which U_h then multiplies.
public func gruResetForward(_ step: GRUStep, reset: Matrix, _ kinds: CellActivations) {
  let s = AnyActivation(kind: kinds.recurrent)
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<step.x.rows {
    let x = UnsafePointer(step.x.base + row * step.x.stride)
    let u = UnsafePointer(step.u.base + row * step.u.stride)
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let gates = step.gates.base + row * step.gates.stride
    let inputs = step.inputs.base + row * step.inputs.stride
    let product = reset.base + row * reset.stride
    forEachVector(of: units) { j in
      let r = value(s, (x + gate + j).lanes + (u + gate + j).lanes, keeping: inputs + gate + j)
      (gates + j).lanes = value(s, (x + j).lanes + (u + j).lanes, keeping: inputs + j)
      (gates + gate + j).lanes = r
      (product + j).lanes = r * (before + j).lanes
    }
  }
}

/// From x_h and `candidate` = (r h_{t-1}) U_h, `[n, G]`, to g and h_t.
public func gruCandidateForward(_ step: GRUStep, candidate: Matrix, _ kinds: CellActivations) {
  let a = AnyActivation(kind: kinds.activation)
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<step.x.rows {
    let x = UnsafePointer(step.x.base + row * step.x.stride)
    let product = UnsafePointer(candidate.base + row * candidate.stride)
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let gates = step.gates.base + row * step.gates.stride
    let inputs = step.inputs.base + row * step.inputs.stride
    let output = step.output.base + row * step.output.stride
    forEachVector(of: units) { j in
      let z = (gates + j).lanes
      let g = value(a, (x + 2 * gate + j).lanes + (product + j).lanes, keeping: inputs + 2 * gate + j)
      (gates + 2 * gate + j).lanes = g
      (output + j).lanes = (z * (before + j).lanes).plus(1 - z, times: g)
    }
  }
}

/// From dh_t to dx_z, dx_h and the part z dh_t of dh_{t-1}; dx_r needs d(r h_{t-1}) first.
public func gruCandidateBackward(_ step: GRUStep, _ gradient: GRUStepGradient, _ kinds: CellActivations) {
  let a = AnyActivation(kind: kinds.activation)
  let s = AnyActivation(kind: kinds.recurrent)
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<gradient.x.rows {
    let gates = UnsafePointer(step.gates.base + row * step.gates.stride)
    let inputs = UnsafePointer(step.inputs.base + row * step.inputs.stride)
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let dh = UnsafePointer(gradient.output.base + row * gradient.output.stride)
    let dBefore = gradient.before.base + row * gradient.before.stride
    let dx = gradient.x.base + row * gradient.x.stride
    forEachVector(of: units) { j in
      let z = (gates + j).lanes
      let g = (gates + 2 * gate + j).lanes
      let dy = (dh + j).lanes
      (dBefore + j).lanes = dy * z
      storeGate(dx + j, dy * ((before + j).lanes - g) * s.derivative(z, at: (inputs + j).lanes), units)
      storeGate(dx + 2 * gate + j, dy * (1 - z) * a.derivative(g, at: (inputs + 2 * gate + j).lanes), units)
    }
  }
}

/// From d(r h_{t-1}) (`product`) to dx_r, its part of dh_{t-1} (into `through`, which must not overlap), and
/// du_z, du_r.
public func gruResetBackward(
  _ step: GRUStep, _ gradient: GRUStepGradient, product: Matrix, through: Matrix, _ kinds: CellActivations
) {
  let s = AnyActivation(kind: kinds.recurrent)
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<gradient.x.rows {
    let gates = UnsafePointer(step.gates.base + row * step.gates.stride)
    let inputs = UnsafePointer(step.inputs.base + row * step.inputs.stride)
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let dProduct = UnsafePointer(product.base + row * product.stride)
    let out = through.base + row * through.stride
    let dx = gradient.x.base + row * gradient.x.stride
    let du = gradient.u.base + row * gradient.u.stride
    forEachVector(of: units) { j in
      let r = (gates + gate + j).lanes
      let d = (dProduct + j).lanes
      let dr = d * (before + j).lanes * s.derivative(r, at: (inputs + gate + j).lanes)
      (out + j).lanes = d * r
      storeGate(dx + gate + j, dr, units)
      storeGate(du + j, (dx + j).lanes, units)
      storeGate(du + gate + j, dr, units)
    }
  }
}
