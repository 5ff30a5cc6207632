// The elementwise part of a step of the simple recurrent unit, forward and backward (Lei et al. 2018).
//
//   f, r = s(x_f + v_f c_{t-1} + b_f), s(x_r + v_r c_{t-1} + b_r)
//   c_t = u + f (c_{t-1} - u)        h_t = y + r (a(c_t) - y)
//
// with u the candidate and y what bypasses the recurrence: a further column block of the product, the layer's input,
// or nothing. Backward, with the differences that the forward pass left in the states:
//
//   dc += dh r a'(c_t)       dx_r = dh r (a(c_t) - h_t)       dx_f = dc f (c_{t-1} - c_t)
//
// Legend: rows n, units H; a gate occupies G = max(H, 16) columns of x, in the order u f r y. The formulas are the same
// with and without a backward pass, so a sequence processed step by step has the same bits as a whole one.

/// The highway of a step of the SRU: what its output gate mixes with the state.
public enum SRUHighway {
  /// Nothing: h_t = r a(c_t).
  case none
  /// The fourth column block of the product.
  case projected
  /// The layer's input, which is as wide as its output, `[n, H]`.
  case input(Matrix)
}

/// The vectors of the SRU's gates, f before r; each `[1, 2G]`.
public struct SRUVectors {
  /// v, which multiplies the state.
  public var state: Matrix
  /// b; nil for zeros.
  public var bias: Matrix?

  /// Views of the caller's memory.
  public init(state: Matrix, bias: Matrix?) {
    self.state = state
    self.bias = bias
  }
}

/// The buffers of one step of the SRU; each `[n, ...]`.
public struct SRUStep {
  /// The product with the input, `[n, 3G]`, or `[n, 4G]` if the highway is projected; not read backward.
  public var x: ProductRows
  /// What the backward pass reads, `[n, sruKeptWidth(H)]`: f and r of 16 units at a time; nil if none follows.
  public var kept: Matrix?
  /// The highway.
  public var highway: SRUHighway
  /// c_{t-1}, `[n, H]`.
  public var before: Matrix
  /// c_t, `[n, H]`.
  public var cell: Matrix
  /// h_t, `[n, H]`.
  public var output: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(
    x: ProductRows, kept: Matrix?, highway: SRUHighway, before: Matrix, cell: Matrix, output: Matrix
  ) {
    self.x = x
    self.kept = kept
    self.highway = highway
    self.before = before
    self.cell = cell
    self.output = output
  }
}

/// The columns of `SRUStep.kept`.
public func sruKeptWidth(_ units: Int) -> Int { 2 * paddedWidth(units) }

/// A step of the SRU.
public func sruForward(_ step: SRUStep, _ vectors: SRUVectors, _ activation: ActivationKind) {
  switch (activation, step.kept) {
  case (.linear, let kept?): sruForward(step, vectors, LinearActivation(), kept)
  case (.linear, nil): sruForward(step, vectors, LinearActivation(), nil)
  case (.tanh, let kept): sruForward(step, vectors, TanhActivation(), kept)
  case (_, let kept): sruForward(step, vectors, AnyActivation(kind: activation), kept)
  }
}

private struct LinearActivation: LaneActivation {
  @inline(__always) var needsInput: Bool { false }
  @inline(__always) func value(_ x: Lanes) -> Lanes { x }
  @inline(__always) func derivative(_ y: Lanes, at x: Lanes) -> Lanes { Lanes(repeating: 1) }
}

extension SRUHighway {
  /// The values of a row from unit j on, `x` being the row of the product, whose gates are `gate` columns apart.
  @inline(__always)
  fileprivate func value(_ row: Int, _ j: Int, _ x: UnsafePointer<Float>, _ gate: Int) -> Lanes {
    switch self {
    case .none: Lanes(repeating: 0)
    case .projected: (x + 3 * gate + j).lanes
    case .input(let values): (values.base + row * values.stride + j).lanes
    }
  }
}

/// The least pre-activation of a gate that is told apart from lower ones: the product of both gates' denominators is
/// then finite, and lower gates make no difference in c and h.
private let leastGateInput: Float = -42

@inline(__always)
private func sruForward(
  _ step: SRUStep, _ vectors: SRUVectors, _ a: some LaneActivation, _ kept: Matrix?
) {
  let units = step.output.columns
  let gate = max(units, 16)
  let highway = step.highway
  let v = UnsafePointer(vectors.state.base)
  let b = vectors.bias.map { UnsafePointer($0.base) }
  for row in 0..<step.x.rows {
    let x = step.x[row]
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let cell = step.cell.base + row * step.cell.stride
    let output = step.output.base + row * step.output.stride
    forEachVector(of: units) { j in
      let past = (before + j).lanes
      let u = (x + j).lanes
      let (f, r) = sigmoids(
        gateInput(x + gate + j, v + j, b.map { $0 + j }, past),
        gateInput(x + 2 * gate + j, v + gate + j, b.map { $0 + gate + j }, past))
      let y = highway.value(row, j, x, gate)
      let c = u.plus(f, times: past - u)
      if let kept {
        let kept = kept.base + row * kept.stride + keptOffset(j, 2)
        kept.lanes = f
        (kept + 16).lanes = r
      }
      (cell + j).lanes = c
      (output + j).lanes = y.plus(r, times: a.value(c) - y)
    }
  }
}

/// Both gates with one division.
@inline(__always)
private func sigmoids(_ x: Lanes, _ y: Lanes) -> (Lanes, Lanes) {
  let (first, second) = (sigmoidFraction(x, least: leastGateInput), sigmoidFraction(y, least: leastGateInput))
  let (bottom, other) = (first.top + first.rest, second.top + second.rest)
  let scale = 1 / (bottom * other)
  return (first.top * other * scale, second.top * bottom * scale)
}

/// x + b + v c.
@inline(__always)
private func gateInput(
  _ x: UnsafePointer<Float>, _ v: UnsafePointer<Float>, _ b: UnsafePointer<Float>?, _ past: Lanes
) -> Lanes {
  let sum = b.map { x.lanes + $0.lanes } ?? x.lanes
  return sum.plus(v.lanes, times: past)
}

/// The gradients of one step of the SRU; each `[n, ...]`.
public struct SRUStepGradient {
  /// dL/dh_t, `[n, H]`.
  public var output: Matrix
  /// dL/dc_t from the following step, `[n, H]`.
  public var cell: Matrix
  /// dL/dc_{t-1}, written, `[n, H]`; must not share memory with `cell`.
  public var cellBefore: Matrix
  /// The product's gradients, written.
  public var x: Matrix
  /// The gradients of the input as the highway, written to the first columns, `[n, at least G]`; nil if the highway
  /// isn't the input.
  public var highway: Matrix?

  /// Views of the caller's memory, shaped as the properties say.
  public init(output: Matrix, cell: Matrix, cellBefore: Matrix, x: Matrix, highway: Matrix?) {
    self.output = output
    self.cell = cell
    self.cellBefore = cellBefore
    self.x = x
    self.highway = highway
  }
}

/// The backward pass of `sruForward`, without the gradients of v and b.
public func sruBackward(
  _ step: SRUStep, _ gradient: SRUStepGradient, _ vectors: SRUVectors, _ activation: ActivationKind
) {
  guard let kept = step.kept else { return }
  switch activation {
  case .linear: sruBackward(step, kept, gradient, vectors, LinearActivation())
  case .tanh: sruBackward(step, kept, gradient, vectors, TanhActivation())
  default: sruBackward(step, kept, gradient, vectors, AnyActivation(kind: activation))
  }
}

@inline(__always)
private func sruBackward(
  _ step: SRUStep, _ kept: Matrix, _ gradient: SRUStepGradient, _ vectors: SRUVectors,
  _ a: some LaneActivation
) {
  let units = step.output.columns
  let gate = max(units, 16)
  let v = UnsafePointer(vectors.state.base)
  let isProjected = gradient.x.columns > 3 * gate
  for row in 0..<gradient.x.rows {
    let keptRow = UnsafePointer(kept.base + row * kept.stride)
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let cell = UnsafePointer(step.cell.base + row * step.cell.stride)
    let output = UnsafePointer(step.output.base + row * step.output.stride)
    let dh = UnsafePointer(gradient.output.base + row * gradient.output.stride)
    let dcAfter = UnsafePointer(gradient.cell.base + row * gradient.cell.stride)
    let dcBefore = gradient.cellBefore.base + row * gradient.cellBefore.stride
    let dx = gradient.x.base + row * gradient.x.stride
    let dHighway = gradient.highway.map { $0.base + row * $0.stride }
    forEachVector(of: units) { j in
      let kept = keptRow + keptOffset(j, 2)
      let (f, r, dy, c) = (kept.lanes, (kept + 16).lanes, (dh + j).lanes, (cell + j).lanes)
      let value = a.value(c)
      let passed = dy * r
      let rest = dy - passed
      let dr = passed * (value - (output + j).lanes)
      let dc = (dcAfter + j).lanes.plus(passed, times: a.derivative(value, at: c))
      let carried = dc * f
      let added = dc - carried
      let df = carried * ((before + j).lanes - c)
      (dcBefore + j).lanes = carried.plus(df, times: (v + j).lanes).plus(dr, times: (v + gate + j).lanes)
      storeGate(dx + j, added, units)
      storeGate(dx + gate + j, df, units)
      storeGate(dx + 2 * gate + j, dr, units)
      if isProjected { storeGate(dx + 3 * gate + j, rest, units) }
      if let dHighway { storeGate(dHighway + j, rest, units) }
    }
  }
}
