// The LSTM's gates for some rows of one time step, forward and backward (the layer computes the products).
//
//   i, f, o = s(z_i), s(z_f), s(z_o)     g = a(z_g)      s: recurrent activation, a: activation
//   c_t = f c_{t-1} + i g                h_t = o a(c_t)
//
// Legend: rows n, units H; a gate occupies G = max(H, 16) columns of z, in Keras's order i f g o.

/// The buffers of one LSTM step; each `[n, ...]`.
public struct LSTMStep {
  /// Gate pre-activations x W + h U + b, `[n, 4G]`; the backward pass reads them only if an activation needs its input.
  public var z: Matrix
  /// What the backward pass reads, `[n, lstmKeptWidth(H)]`: i, f, g, o and a(c_t) of 16 units at a time, so that
  /// memory is accessed sequentially.
  public var kept: Matrix
  /// c_{t-1}, `[n, H]`.
  public var cellBefore: Matrix
  /// c_t, `[n, H]`.
  public var cell: Matrix
  /// h_t, `[n, H]`.
  public var output: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(z: Matrix, kept: Matrix, cellBefore: Matrix, cell: Matrix, output: Matrix) {
    self.z = z
    self.kept = kept
    self.cellBefore = cellBefore
    self.cell = cell
    self.output = output
  }
}

/// The columns of `LSTMStep.kept` for an LSTM of this many units.
public func lstmKeptWidth(_ units: Int) -> Int { 5 * paddedWidth(units) }

/// The gates and y = a(c_t) of a vector of units, as an LSTM keeps them.
struct LSTMKept {
  let i, f, g, o, y: Lanes

  @inline(__always)
  init(i: Lanes, f: Lanes, g: Lanes, o: Lanes, y: Lanes) {
    (self.i, self.f, self.g, self.o, self.y) = (i, f, g, o, y)
  }

  /// Reads those of the units from j on from a row of `kept`.
  @inline(__always)
  init(_ row: UnsafeMutablePointer<Float>, _ j: Int) {
    let kept = UnsafePointer(row + keptOffset(j, 5))
    (i, f, g, o) = (kept.lanes, (kept + 16).lanes, (kept + 32).lanes, (kept + 48).lanes)
    y = (kept + 64).lanes
  }

  /// Writes them to a row of `kept`.
  @inline(__always)
  func store(_ row: UnsafeMutablePointer<Float>, _ j: Int) {
    let kept = row + keptOffset(j, 5)
    kept.lanes = i
    (kept + 16).lanes = f
    (kept + 32).lanes = g
    (kept + 48).lanes = o
    (kept + 64).lanes = y
  }
}

extension LSTMStep {
  /// Row number `row` of each buffer.
  @inline(__always)
  func row(_ row: Int) -> (
    z: UnsafePointer<Float>, kept: UnsafeMutablePointer<Float>, before: UnsafePointer<Float>,
    cell: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    (
      UnsafePointer(z.base + row * z.stride), kept.base + row * kept.stride,
      UnsafePointer(cellBefore.base + row * cellBefore.stride), cell.base + row * cell.stride,
      output.base + row * output.stride
    )
  }
}

/// Applies the gates: from z and c_{t-1} to c_t and h_t, storing what the backward pass reads.
public func lstmForward(_ step: LSTMStep, _ kinds: CellActivations) {
  if kinds.isDefault {
    lstmForward(step, TanhActivation(), SigmoidActivation())
  } else {
    lstmForward(step, AnyActivation(kind: kinds.activation), AnyActivation(kind: kinds.recurrent))
  }
}

@inline(__always)
private func lstmForward(_ step: LSTMStep, _ a: some LaneActivation, _ s: some LaneActivation) {
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<step.z.rows {
    let (z, kept, before, cell, output) = step.row(row)
    forEachVector(of: units) { j in
      let i = s.value((z + j).lanes)
      let f = s.value((z + gate + j).lanes)
      let g = a.value((z + 2 * gate + j).lanes)
      let o = s.value((z + 3 * gate + j).lanes)
      let c = (i * g).plus(f, times: (before + j).lanes)
      let y = a.value(c)
      LSTMKept(i: i, f: f, g: g, o: o, y: y).store(kept, j)
      (cell + j).lanes = c
      (output + j).lanes = o * y
    }
  }
}

/// Applies the gates when no backward pass follows: the gates and a(c_t) aren't stored, so i g and o a(c_t) take
/// only one division each. z is `[n, 4G]`, the others `[n, H]`.
public func lstmForward(
  z: Matrix, cellBefore: Matrix, cell: Matrix, output: Matrix, _ kinds: CellActivations
) {
  if kinds.isDefault {
    lstmForward(z, cellBefore, cell, output, DefaultGates())
  } else {
    lstmForward(z, cellBefore, cell, output, AnyGates(kinds: kinds))
  }
}

@inline(__always)
private func lstmForward(
  _ z: Matrix, _ cellBefore: Matrix, _ cell: Matrix, _ output: Matrix, _ functions: some GateFunctions
) {
  let units = output.columns
  let gate = max(units, 16)
  for row in 0..<z.rows {
    let z = UnsafePointer(z.base + row * z.stride)
    let before = UnsafePointer(cellBefore.base + row * cellBefore.stride)
    let cell = cell.base + row * cell.stride
    let output = output.base + row * output.stride
    forEachVector(of: units) { j in
      let f = functions.gate((z + gate + j).lanes)
      let c = functions.gated((z + j).lanes, (z + 2 * gate + j).lanes).plus(f, times: (before + j).lanes)
      (cell + j).lanes = c
      (output + j).lanes = functions.gated((z + 3 * gate + j).lanes, c)
    }
  }
}

/// The functions that an LSTM applies to its pre-activations.
private protocol GateFunctions {
  /// s(x).
  func gate(_ x: Lanes) -> Lanes
  /// s(x) a(y).
  func gated(_ x: Lanes, _ y: Lanes) -> Lanes
}

private struct DefaultGates: GateFunctions {
  @inline(__always) func gate(_ x: Lanes) -> Lanes { sigmoid(x) }
  @inline(__always) func gated(_ x: Lanes, _ y: Lanes) -> Lanes { sigmoidTimesTanh(x, y) }
}

private struct AnyGates: GateFunctions {
  let kinds: CellActivations

  @inline(__always) func gate(_ x: Lanes) -> Lanes { AnyActivation(kind: kinds.recurrent).value(x) }
  @inline(__always) func gated(_ x: Lanes, _ y: Lanes) -> Lanes {
    gate(x) * AnyActivation(kind: kinds.activation).value(y)
  }
}

/// The gradients of one LSTM step; each `[n, ...]`.
public struct LSTMStepGradient {
  /// dL/dh_t, `[n, H]`.
  public var output: Matrix
  /// dL/dc_t from the following step, `[n, H]`.
  public var cell: Matrix
  /// dL/dc_{t-1}, written, `[n, H]`; must not share memory with `cell`.
  public var cellBefore: Matrix
  /// dL/dz, written, `[n, 4G]`.
  public var z: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(output: Matrix, cell: Matrix, cellBefore: Matrix, z: Matrix) {
    self.output = output
    self.cell = cell
    self.cellBefore = cellBefore
    self.z = z
  }
}

extension LSTMStepGradient {
  /// Row number `row` of each buffer.
  @inline(__always)
  func row(_ row: Int) -> (
    output: UnsafePointer<Float>, cell: UnsafePointer<Float>, cellBefore: UnsafeMutablePointer<Float>,
    z: UnsafeMutablePointer<Float>
  ) {
    (
      UnsafePointer(output.base + row * output.stride), UnsafePointer(cell.base + row * cell.stride),
      cellBefore.base + row * cellBefore.stride, z.base + row * z.stride
    )
  }
}

/// The gates' backward pass: from dh_t and dc_t to dz and dc_{t-1}.
public func lstmBackward(_ step: LSTMStep, _ gradient: LSTMStepGradient, _ kinds: CellActivations) {
  if kinds.isDefault {
    lstmBackward(step, gradient, TanhActivation(), SigmoidActivation())
  } else {
    lstmBackward(step, gradient, AnyActivation(kind: kinds.activation), AnyActivation(kind: kinds.recurrent))
  }
}

@inline(__always)
private func lstmBackward(
  _ step: LSTMStep, _ gradient: LSTMStepGradient, _ a: some LaneActivation, _ s: some LaneActivation
) {
  let units = step.output.columns
  let gate = max(units, 16)
  for row in 0..<gradient.z.rows {
    let (z, kept, before, cell, _) = step.row(row)
    let (dh, dcAfter, dcBefore, dz) = gradient.row(row)
    forEachVector(of: units) { j in
      let values = LSTMKept(kept, j)
      let (i, f, g, o, y) = (values.i, values.f, values.g, values.o, values.y)
      let dy = (dh + j).lanes
      let dc = (dcAfter + j).lanes.plus(dy * o, times: a.derivative(y, at: (cell + j).lanes))
      (dcBefore + j).lanes = dc * f
      storeGate(dz + j, dc * g * s.derivative(i, at: (z + j).lanes), units)
      storeGate(dz + gate + j, dc * (before + j).lanes * s.derivative(f, at: (z + gate + j).lanes), units)
      storeGate(dz + 2 * gate + j, dc * i * a.derivative(g, at: (z + 2 * gate + j).lanes), units)
      storeGate(dz + 3 * gate + j, dy * y * s.derivative(o, at: (z + 3 * gate + j).lanes), units)
    }
  }
}

/// Stores a gate's gradients, with zeros in the padding of a layer with fewer than 16 units: products sum over
/// these columns.
@inline(__always)
func storeGate(_ target: UnsafeMutablePointer<Float>, _ value: Lanes, _ units: Int) {
  target.lanes = units < 16 ? value.first(units) : value
}
