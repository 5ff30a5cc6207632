// The elementwise part of a step of minGRU and minLSTM, forward and backward (Feng et al. 2024). Their gates depend on
// the input alone, so a step is a few vector operations between products over many steps at a time.
//
//   minGRU    z = s(x_z)                       h_t = h_{t-1} + z (g - h_{t-1})
//   minLSTM   f, i = s(x_f), s(x_i)            h_t = g + p (h_{t-1} - g)      p = f / (f + i)
//
// with the candidate g = g(x_h): x_h itself, or its positive form, x + 1/2 above 0 and s(x) below.
//
// Legend: rows n, units H; a gate occupies G = max(H, 16) columns of x. The formulas are the same with and without a
// backward pass, so a sequence processed step by step has the same bits as a whole one.

/// The buffers of one step of minGRU or minLSTM; each `[n, ...]`.
public struct MinimalStep {
  /// The gates' pre-activations: x_h and x_z, `[n, 2G]`, or x_h, x_f and x_i, `[n, 3G]`.
  public var x: Matrix
  /// What the backward pass reads, `[n, minimalKeptWidth(H, gates)]`; nil if none follows.
  public var kept: Matrix?
  /// h_{t-1}, `[n, H]`.
  public var before: Matrix
  /// h_t, `[n, H]`.
  public var output: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(x: Matrix, kept: Matrix?, before: Matrix, output: Matrix) {
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

/// The columns of `MinimalStep.kept`: for each gate its value, 16 units at a time.
public func minimalKeptWidth(_ units: Int, gates: Int) -> Int { gates * paddedWidth(units) }

/// The offset in a row of `kept` for the vector starting at unit j; the last vector may start at any unit.
@inline(__always)
private func keptOffset(_ j: Int, _ gates: Int) -> Int { (j + 15) / 16 * 16 * gates }

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

// MARK: - minGRU

/// A step of minGRU.
///
/// - Parameter positive: whether the candidate is made positive.
public func minGRUForward(_ step: MinimalStep, positive: Bool) {
  switch (positive, step.kept) {
  case (true, let kept?): minGRUForward(step, PositiveCandidate(), kept)
  case (false, let kept?): minGRUForward(step, LinearCandidate(), kept)
  case (true, nil): minGRUForward(step, PositiveCandidate(), nil)
  case (false, nil): minGRUForward(step, LinearCandidate(), nil)
  }
}

@inline(__always)
private func minGRUForward(_ step: MinimalStep, _ candidate: some Candidate, _ kept: Matrix?) {
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<step.x.rows {
    let x = UnsafePointer(step.x.base + row * step.x.stride)
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let output = step.output.base + row * step.output.stride
    forEachVector(of: units) { j in
      let g = candidate.value((x + j).lanes)
      let z = sigmoid((x + gate + j).lanes)
      let h = (before + j).lanes
      if let kept {
        let kept = kept.base + row * kept.stride + keptOffset(j, 2)
        kept.lanes = g
        (kept + 16).lanes = z
      }
      (output + j).lanes = h.plus(z, times: g - h)
    }
  }
}

/// The backward pass of `minGRUForward`: dg = dh z, dz = dh (g - h_{t-1}), dh_{t-1} = dh (1 - z).
public func minGRUBackward(_ step: MinimalStep, _ gradient: MinimalStepGradient, positive: Bool) {
  guard let kept = step.kept else { return }
  if positive {
    minGRUBackward(step, kept, gradient, PositiveCandidate())
  } else {
    minGRUBackward(step, kept, gradient, LinearCandidate())
  }
}

@inline(__always)
private func minGRUBackward(
  _ step: MinimalStep, _ kept: Matrix, _ gradient: MinimalStepGradient, _ candidate: some Candidate
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
      let kept = keptRow + keptOffset(j, 2)
      let (g, z, dy) = (kept.lanes, (kept + 16).lanes, (dh + j).lanes)
      let dg = dy * z
      let rest = dy - dg
      (dBefore + j).lanes = rest
      storeGate(dx + j, dg * candidate.derivative(g), units)
      // dh z (1 - z) is dg (1 - z), or z times the rest.
      storeGate(dx + gate + j, rest * z * (g - (before + j).lanes), units)
    }
  }
}

// MARK: - minLSTM

/// The least pre-activation of minLSTM's gates: below it, both would vanish and their ratio would be 0 / 0.
private let leastGateInput: Float = -85

/// A step of minLSTM.
///
/// - Parameter positive: whether the candidate is made positive.
public func minLSTMForward(_ step: MinimalStep, positive: Bool) {
  switch (positive, step.kept) {
  case (true, let kept?): minLSTMForward(step, PositiveCandidate(), kept)
  case (false, let kept?): minLSTMForward(step, LinearCandidate(), kept)
  case (true, nil): minLSTMForward(step, PositiveCandidate(), nil)
  case (false, nil): minLSTMForward(step, LinearCandidate(), nil)
  }
}

@inline(__always)
private func minLSTMForward(_ step: MinimalStep, _ candidate: some Candidate, _ kept: Matrix?) {
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<step.x.rows {
    let x = UnsafePointer(step.x.base + row * step.x.stride)
    let before = UnsafePointer(step.before.base + row * step.before.stride)
    let output = step.output.base + row * step.output.stride
    forEachVector(of: units) { j in
      let g = candidate.value((x + j).lanes)
      let f = sigmoid(clamp((x + gate + j).lanes, leastGateInput, .infinity))
      let i = sigmoid(clamp((x + 2 * gate + j).lanes, leastGateInput, .infinity))
      if let kept {
        let kept = kept.base + row * kept.stride + keptOffset(j, 3)
        kept.lanes = g
        (kept + 16).lanes = f
        (kept + 32).lanes = i
      }
      (output + j).lanes = g.plus(f / (f + i), times: (before + j).lanes - g)
    }
  }
}

/// The backward pass of `minLSTMForward`: with p = f / (f + i), dp/dx_f = p (1 - p) (1 - f) and
/// dp/dx_i = -p (1 - p) (1 - i).
public func minLSTMBackward(_ step: MinimalStep, _ gradient: MinimalStepGradient, positive: Bool) {
  guard let kept = step.kept else { return }
  if positive {
    minLSTMBackward(step, kept, gradient, PositiveCandidate())
  } else {
    minLSTMBackward(step, kept, gradient, LinearCandidate())
  }
}

@inline(__always)
private func minLSTMBackward(
  _ step: MinimalStep, _ kept: Matrix, _ gradient: MinimalStepGradient, _ candidate: some Candidate
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
      let kept = keptRow + keptOffset(j, 3)
      let (g, f, i, dy) = (kept.lanes, (kept + 16).lanes, (kept + 32).lanes, (dh + j).lanes)
      let p = f / (f + i)
      let dBeforeStep = dy * p
      let dg = dy - dBeforeStep
      (dBefore + j).lanes = dBeforeStep
      storeGate(dx + j, dg * candidate.derivative(g), units)
      let change = dg * p * ((before + j).lanes - g)
      storeGate(dx + gate + j, change * (1 - f), units)
      storeGate(dx + 2 * gate + j, change * (i - 1), units)
    }
  }
}
