// The elementwise part of a step of minGRU and minLSTM, forward and backward (Feng et al. 2024). Their gates depend on
// the input alone, so a step is a few vector operations between products over many steps at a time.
//
//   h_t = h_{t-1} + z (g - h_{t-1})
//   minGRU    z = s(x_z)
//   minLSTM   z = i / (f + i)        f, i = s(x_f), s(x_i)
//
// with the candidate g = g(x_h): x_h itself, or its positive form, x + 1/2 above 0 and s(x) below. Backward:
//
//   dg = dh z     dh_{t-1} = dh (1 - z)     minGRU    dx_z = dh_{t-1} z (g - h_{t-1})
//                                           minLSTM   dx_f = -dh_{t-1} z (1 - f) (g - h_{t-1})
//                                                     dx_i = dg (1 - z) (1 - i) (g - h_{t-1})
//
// Legend: rows n, units H; a gate occupies G = max(H, 16) columns of x. The formulas are the same with and without a
// backward pass, so a sequence processed step by step has the same bits as a whole one.

/// A cell whose gates depend on the input alone.
public enum MinimalCellKind: Sendable {
  /// minGRU, with the gates h z.
  case gru
  /// minLSTM, with the gates h f i.
  case lstm

  /// The number of gates, counting the candidate.
  public var gates: Int { self == .gru ? 2 : 3 }
}

/// The buffers of one step of minGRU or minLSTM; each `[n, ...]`.
public struct MinimalStep {
  /// The gates' pre-activations: x_h and x_z, `[n, 2G]`, or x_h, x_f and x_i, `[n, 3G]`; not read backward.
  public var x: ProductRows
  /// What the backward pass reads, `[n, minimalKeptWidth(H, kind)]`; nil if none follows.
  public var kept: Matrix?
  /// h_{t-1}, `[n, H]`.
  public var before: Matrix
  /// h_t, `[n, H]`.
  public var output: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(x: ProductRows, kept: Matrix?, before: Matrix, output: Matrix) {
    self.x = x
    self.kept = kept
    self.before = before
    self.output = output
  }
}

/// The gradients of one step of minGRU or minLSTM; each `[n, ...]`.
public struct MinimalStepGradient {
  /// dL/dh_t, `[n, H]`.
  public var output: Matrix
  /// dL/dh_{t-1}, written, `[n, H]`.
  public var before: Matrix
  /// The gradients of the pre-activations, written.
  public var x: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(output: Matrix, before: Matrix, x: Matrix) {
    self.output = output
    self.before = before
    self.x = x
  }
}

/// The columns of `MinimalStep.kept`: g, z and, for minLSTM, z (1 - f), of 16 units at a time.
public func minimalKeptWidth(_ units: Int, _ kind: MinimalCellKind) -> Int { kind.gates * paddedWidth(units) }

// MARK: - The candidate

private protocol Candidate {
  /// g(x).
  func value(_ x: Lanes) -> Lanes
  /// g'(x), with y = g(x).
  func derivative(_ y: Lanes) -> Lanes
}

private struct LinearCandidate: Candidate {
  @inline(__always) func value(_ x: Lanes) -> Lanes { x }
  @inline(__always) func derivative(_ y: Lanes) -> Lanes { Lanes(repeating: 1) }
}

/// x + 1/2 for x >= 0, else s(x): positive, so that h can be computed in logarithms.
private struct PositiveCandidate: Candidate {
  @inline(__always) func value(_ x: Lanes) -> Lanes { (x + 0.5).replacing(with: sigmoid(x), where: x .< 0) }
  @inline(__always) func derivative(_ y: Lanes) -> Lanes {
    (y * (1 - y)).replacing(with: Lanes(repeating: 1), where: y .>= 0.5)
  }
}

// MARK: - The gates

/// z, and what else the gradients of the gates need.
private typealias Share = (z: Lanes, slope: Lanes)

private protocol MinimalGates {
  /// The number of gates, counting the candidate.
  var count: Int { get }
  /// z of the pre-activations at `x`, a gate each `gate` columns.
  func share(_ x: UnsafePointer<Float>, _ gate: Int) -> Share
  /// The gradients of the pre-activations, from those of h_{t-1} and g, each multiplied by g - h_{t-1}.
  func gradients(_ share: Share, before: Lanes, candidate: Lanes) -> (Lanes, Lanes)
}

private struct UpdateGate: MinimalGates {
  @inline(__always) var count: Int { 2 }
  @inline(__always) func share(_ x: UnsafePointer<Float>, _ gate: Int) -> Share {
    (sigmoid(x.lanes), Lanes(repeating: 0))
  }
  @inline(__always) func gradients(_ share: Share, before: Lanes, candidate: Lanes) -> (Lanes, Lanes) {
    (before * share.z, Lanes(repeating: 0))
  }
}

/// f and i, computed as fractions f = t_f / (t_f + e_f), so that z takes one division.
private struct ForgetAndInputGates: MinimalGates {
  /// The least pre-activation: below it, both gates would vanish and their ratio would be 0 / 0.
  private static let least: Float = -80

  @inline(__always) var count: Int { 3 }
  @inline(__always) func share(_ x: UnsafePointer<Float>, _ gate: Int) -> Share {
    let f = sigmoidFraction(x.lanes, least: Self.least)
    let i = sigmoidFraction((x + gate).lanes, least: Self.least)
    let share = i.top * (f.top + f.rest)
    let scale = i.top / share.plus(f.top, times: i.top + i.rest)
    return (scale * (f.top + f.rest), scale * f.rest)
  }
  /// With z (1 - f) = `slope`, (1 - z) (1 - i) is 1 - 2z + slope.
  @inline(__always) func gradients(_ share: Share, before: Lanes, candidate: Lanes) -> (Lanes, Lanes) {
    (-(before * share.slope), candidate * (1 - share.z - share.z + share.slope))
  }
}

// MARK: - A step

/// A step of minGRU or minLSTM.
///
/// - Parameter positive: whether the candidate is made positive.
public func minimalForward(_ step: MinimalStep, _ kind: MinimalCellKind, positive: Bool) {
  switch (kind, positive) {
  case (.gru, true): forward(step, UpdateGate(), PositiveCandidate())
  case (.gru, false): forward(step, UpdateGate(), LinearCandidate())
  case (.lstm, true): forward(step, ForgetAndInputGates(), PositiveCandidate())
  case (.lstm, false): forward(step, ForgetAndInputGates(), LinearCandidate())
  }
}

@inline(__always)
private func forward(_ step: MinimalStep, _ gates: some MinimalGates, _ candidate: some Candidate) {
  if let kept = step.kept {
    forward(step, gates, candidate, kept)
  } else {
    forward(step, gates, candidate, nil)
  }
}

@inline(__always)
private func forward(
  _ step: MinimalStep, _ gates: some MinimalGates, _ candidate: some Candidate, _ kept: Matrix?
) {
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<step.x.rows {
    let x = step.x[row]
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let output = step.output.base + row * step.output.stride
    forEachVector(of: units) { j in
      let g = candidate.value((x + j).lanes)
      let share = gates.share(x + gate + j, gate)
      let h = (before + j).lanes
      if let kept {
        let kept = kept.base + row * kept.stride + keptOffset(j, gates.count)
        kept.lanes = g
        (kept + 16).lanes = share.z
        if gates.count == 3 { (kept + 32).lanes = share.slope }
      }
      (output + j).lanes = h.plus(share.z, times: g - h)
    }
  }
}

/// The backward pass of `minimalForward`.
public func minimalBackward(
  _ step: MinimalStep, _ gradient: MinimalStepGradient, _ kind: MinimalCellKind, positive: Bool
) {
  guard let kept = step.kept else { return }
  switch (kind, positive) {
  case (.gru, true): backward(step, kept, gradient, UpdateGate(), PositiveCandidate())
  case (.gru, false): backward(step, kept, gradient, UpdateGate(), LinearCandidate())
  case (.lstm, true): backward(step, kept, gradient, ForgetAndInputGates(), PositiveCandidate())
  case (.lstm, false): backward(step, kept, gradient, ForgetAndInputGates(), LinearCandidate())
  }
}

@inline(__always)
private func backward(
  _ step: MinimalStep, _ kept: Matrix, _ gradient: MinimalStepGradient, _ gates: some MinimalGates,
  _ candidate: some Candidate
) {
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<gradient.x.rows {
    let keptRow = UnsafePointer(kept.base + row * kept.stride)
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let dh = UnsafePointer(gradient.output.base + row * gradient.output.stride)
    let dBefore = gradient.before.base + row * gradient.before.stride
    let dx = gradient.x.base + row * gradient.x.stride
    forEachVector(of: units) { j in
      let kept = keptRow + keptOffset(j, gates.count)
      let (g, z, dy) = (kept.lanes, (kept + 16).lanes, (dh + j).lanes)
      let share = (z, gates.count == 3 ? (kept + 32).lanes : Lanes(repeating: 0))
      let dg = dy * z
      let rest = dy - dg
      let change = g - (before + j).lanes
      let (first, second) = gates.gradients(share, before: rest * change, candidate: dg * change)
      (dBefore + j).lanes = rest
      storeGate(dx + j, dg * candidate.derivative(g), units)
      storeGate(dx + gate + j, first, units)
      if gates.count == 3 { storeGate(dx + 2 * gate + j, second, units) }
    }
  }
}
