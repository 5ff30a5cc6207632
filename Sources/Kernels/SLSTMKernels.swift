// The gates of sLSTM for some rows of one time step, forward and backward (Beck et al. 2024, xLSTM).
//
//   l = m_{t-1} + ln s(x_f)              m_t = max(x_i, l), or x_i where n_{t-1} = 0: at the beginning
//   i, f = e^(x_i - m_t), e^(l - m_t)    at most 1
//   z, o = tanh(x_z), s(x_o)
//   c_t = f c_{t-1} + i z                n_t = f n_{t-1} + i                 h_t = o c_t / n_t
//
// Exponential gates would overflow; c and n are stored divided by e^m, which their ratio doesn't depend on.
//
// Legend: rows n, units H; a gate occupies G = max(H, 16) columns of x, in the order i f z o.

/// The states of some rows of sLSTM; each `[n, H]`.
public struct SLSTMState {
  /// The memory.
  public var c: Matrix
  /// The normalizer.
  public var n: Matrix
  /// The stabilizer.
  public var m: Matrix

  /// Views of the caller's memory.
  public init(c: Matrix, n: Matrix, m: Matrix) {
    self.c = c
    self.n = n
    self.m = m
  }
}

/// The buffers of one step of sLSTM; each `[n, ...]`.
public struct SLSTMStep {
  /// The gates' pre-activations, `[n, 4G]`.
  public var x: Matrix
  /// What the backward pass reads, `[n, slstmKeptWidth(H)]`: i, f, z, o and 1 - s(x_f) of 16 units at a time; nil if
  /// none follows.
  public var kept: Matrix?
  /// The states before the step.
  public var before: SLSTMState
  /// The states after the step.
  public var after: SLSTMState
  /// h_t, `[n, H]`.
  public var output: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(x: Matrix, kept: Matrix?, before: SLSTMState, after: SLSTMState, output: Matrix) {
    self.x = x
    self.kept = kept
    self.before = before
    self.after = after
    self.output = output
  }
}

/// The columns of `SLSTMStep.kept`.
public func slstmKeptWidth(_ units: Int) -> Int { 5 * paddedWidth(units) }

/// The pointers to a row of each state.
private struct StateRows {
  let c: UnsafeMutablePointer<Float>
  let n: UnsafeMutablePointer<Float>
  let m: UnsafeMutablePointer<Float>

  @inline(__always)
  init(_ state: SLSTMState, _ row: Int) {
    c = state.c.base + row * state.c.stride
    n = state.n.base + row * state.n.stride
    m = state.m.base + row * state.m.stride
  }
}

/// Applies the gates: from x and the states before the step to those after it.
public func slstmForward(_ step: SLSTMStep) {
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<step.x.rows {
    let x = UnsafePointer(step.x.base + row * step.x.stride)
    let (before, after) = (StateRows(step.before, row), StateRows(step.after, row))
    let output = step.output.base + row * step.output.stride
    forEachVector(of: units) { j in
      let (xi, xf) = ((x + j).lanes, (x + gate + j).lanes)
      let (z, o) = (tanh((x + 2 * gate + j).lanes), sigmoid((x + 3 * gate + j).lanes))
      let nBefore = (before.n + j).lanes
      let l = (before.m + j).lanes - softplus(-xf)
      let m = xi.replacing(with: l, where: (nBefore .!= 0) .& (l .> xi))
      let (i, f) = (atMostOne(exp(xi - m)), atMostOne(exp(l - m)))
      let c = (i * z).plus(f, times: (before.c + j).lanes)
      let n = i.plus(f, times: nBefore)
      if let kept = step.kept {
        let kept = kept.base + row * kept.stride + keptOffset(j, 5)
        kept.lanes = i
        (kept + 16).lanes = f
        (kept + 32).lanes = z
        (kept + 48).lanes = o
        (kept + 64).lanes = sigmoid(-xf)
      }
      (after.c + j).lanes = c
      (after.n + j).lanes = n
      (after.m + j).lanes = m
      (output + j).lanes = o * (c / n)
    }
  }
}

@inline(__always)
private func atMostOne(_ x: Lanes) -> Lanes { x.replacing(with: Lanes(repeating: 1), where: x .> 1) }

/// The gradients of one step of sLSTM; each `[n, ...]`.
public struct SLSTMStepGradient {
  /// dL/dh_t, `[n, H]`.
  public var output: Matrix
  /// The gradients of the states after the step.
  public var after: SLSTMState
  /// The gradients of the states before the step, written; no memory in common with `after`.
  public var before: SLSTMState
  /// dL/dx, written, `[n, 4G]`.
  public var x: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(output: Matrix, after: SLSTMState, before: SLSTMState, x: Matrix) {
    self.output = output
    self.after = after
    self.before = before
    self.x = x
  }
}

/// The gates' backward pass. With p = di i and q = df f, the gradients of the exponents, m_t takes -(p + q) besides its
/// own gradient, and passes it on to the larger of x_i and l:
///
///   dx_i = dm - q, dl = q if m_t = x_i;   dx_i = p, dl = dm - p otherwise;   dm_{t-1} = dl, dx_f = dl (1 - s(x_f))
public func slstmBackward(_ step: SLSTMStep, _ gradient: SLSTMStepGradient) {
  guard let kept = step.kept else { return }
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<gradient.x.rows {
    let keptRow = UnsafePointer(kept.base + row * kept.stride)
    let (before, after) = (StateRows(step.before, row), StateRows(step.after, row))
    let (dAfter, dBefore) = (StateRows(gradient.after, row), StateRows(gradient.before, row))
    let dh = UnsafePointer(gradient.output.base + row * gradient.output.stride)
    let dx = gradient.x.base + row * gradient.x.stride
    forEachVector(of: units) { j in
      let kept = keptRow + keptOffset(j, 5)
      let (i, f, z, o) = (kept.lanes, (kept + 16).lanes, (kept + 32).lanes, (kept + 48).lanes)
      let (dy, n) = ((dh + j).lanes, (after.n + j).lanes)
      let ratio = (after.c + j).lanes / n
      let share = dy * o / n
      let dc = (dAfter.c + j).lanes + share
      let dn = (dAfter.n + j).lanes - share * ratio
      let nBefore = (before.n + j).lanes
      let p = dn.plus(dc, times: z) * i
      let q = ((dn * nBefore).plus(dc, times: (before.c + j).lanes) * f)
        .replacing(with: Lanes(repeating: 0), where: nBefore .== 0)
      let dm = (dAfter.m + j).lanes
      let isInput = (i .>= 1) .| (nBefore .== 0)
      let dl = (dm - p).replacing(with: q, where: isInput)
      (dBefore.c + j).lanes = dc * f
      (dBefore.n + j).lanes = dn * f
      (dBefore.m + j).lanes = dl
      storeGate(dx + j, p.replacing(with: dm - q, where: isInput), units)
      storeGate(dx + gate + j, dl * (kept + 64).lanes, units)
      storeGate(dx + 2 * gate + j, dc * i * (1 - z * z), units)
      storeGate(dx + 3 * gate + j, dy * ratio * o * (1 - o), units)
    }
  }
}
