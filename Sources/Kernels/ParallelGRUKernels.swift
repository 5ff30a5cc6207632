// GRU steps that all start from the state of their row, one for each of several inputs: the parallel decoding of SegRNN
// (Lin et al. 2023). An input is known by its step and by the channel of its row, and its product is the sum of theirs;
// the product of the state is that of the row. So no product is left for the steps themselves.
//
//   x = p_m + q_c                                p = P W_p, q = Q W_q + b_i      u = h U + b_r
//   z, r = s(x_z + u_z), s(x_r + u_r)            g = tanh(x_h + r u_h)           y_m = z h + (1 - z) g
//
//   dg = dy (1 - z) (1 - g^2)    dz = dy (h - g) z (1 - z)    dr = dg u_h r (1 - r)
//   dp_m = sum over rows of [dz dr dg]           dq_c = sum over the channel's rows, and steps, of [dz dr dg]
//   du = sum over steps of [dz dr (dg r)]        dh = sum over steps of dy z, and du U^T
//
// Legend: rows n, steps M, channels C (row i has channel i mod C), units H; a gate occupies G = max(H, 16) columns, in
// Keras's order z r h. Of the steps' values, row m n + i is row i at step m.

/// The products and the state that the steps start from.
public struct ParallelGRUSteps {
  /// p, `[M, 3G]`.
  public var steps: Matrix
  /// q, `[C, 3G]`.
  public var channels: Matrix
  /// u, `[n, 3G]`.
  public var u: Matrix
  /// h, `[n, H]`.
  public var state: Matrix

  /// Views of the caller's memory, shaped as the properties say.
  public init(steps: Matrix, channels: Matrix, u: Matrix, state: Matrix) {
    (self.steps, self.channels, self.u, self.state) = (steps, channels, u, state)
  }
}

/// From the products to y, `[M n, H]`; keeps z, r and g in `gates`, `[M n, 3G]`, if a backward pass follows.
public func parallelGRUForward(_ values: ParallelGRUSteps, gates: Matrix?, into output: Matrix) {
  let (units, rows) = (values.state.columns, values.state.rows)
  let gate = max(units, 16)
  for row in 0..<rows {
    let q = UnsafePointer(values.channels.base + row % values.channels.rows * values.channels.stride)
    let u = UnsafePointer(values.u.base + row * values.u.stride)
    let h = UnsafePointer(values.state.base + row * values.state.stride)
    for step in 0..<values.steps.rows {
      let p = UnsafePointer(values.steps.base + step * values.steps.stride)
      let number = step * rows + row
      let y = output.base + number * output.stride
      let kept = gates.map { $0.base + number * $0.stride }
      forEachVector(of: units) { j in
        let z = sigmoid((p + j).lanes + (q + j).lanes + (u + j).lanes)
        let r = sigmoid((p + gate + j).lanes + (q + gate + j).lanes + (u + gate + j).lanes)
        let x = (p + 2 * gate + j).lanes + (q + 2 * gate + j).lanes
        let g = tanh(x.plus(r, times: (u + 2 * gate + j).lanes))
        (y + j).lanes = (z * (h + j).lanes).plus(1 - z, times: g)
        guard let kept else { return }
        (kept + j).lanes = z
        (kept + gate + j).lanes = r
        (kept + 2 * gate + j).lanes = g
      }
    }
  }
}

/// From dy, `[M n, H]`, to the gradients of the products and the state, those of `du` and of the state without
/// du U^T. All are added to what `gradients` has.
public func parallelGRUBackward(
  _ values: ParallelGRUSteps, gates: Matrix, _ gradient: Matrix, into gradients: ParallelGRUSteps
) {
  for row in 0..<values.state.rows {
    for step in 0..<values.steps.rows {
      parallelGRUBackward(values, gates, gradient, row: row, step: step, into: gradients)
    }
    addGates(of: gradients, row)
  }
}

/// One row at one step. The channel's part of z and r is added for all steps at once: it is that of u.
@inline(__always)
private func parallelGRUBackward(
  _ values: ParallelGRUSteps, _ gates: Matrix, _ gradient: Matrix, row: Int, step: Int,
  into gradients: ParallelGRUSteps
) {
  let units = values.state.columns
  let gate = max(units, 16)
  let number = step * values.state.rows + row
  let kept = UnsafePointer(gates.base + number * gates.stride)
  let dOutput = UnsafePointer(gradient.base + number * gradient.stride)
  let h = UnsafePointer(values.state.base + row * values.state.stride)
  let uh = UnsafePointer(values.u.base + row * values.u.stride + 2 * gate)
  let dp = gradients.steps.base + step * gradients.steps.stride
  let dqh = gradients.channels.base + row % gradients.channels.rows * gradients.channels.stride + 2 * gate
  let du = gradients.u.base + row * gradients.u.stride
  let dh = gradients.state.base + row * gradients.state.stride
  forEachGroup(of: units) { j, repeated in
    // Lanes that the vector before this one has too, and padding, must not be added.
    let own = repeated..<min(16, units)
    let (z, r, g) = ((kept + j).lanes, (kept + gate + j).lanes, (kept + 2 * gate + j).lanes)
    let dy = (dOutput + j).lanes.lanes(own)
    let dg = dy * (1 - z) * (1 - g * g)
    let dz = dy * ((h + j).lanes - g) * (z * (1 - z))
    let dr = dg * (uh + j).lanes * (r * (1 - r))
    (dp + j).lanes += dz
    (dp + gate + j).lanes += dr
    (dp + 2 * gate + j).lanes += dg
    (dqh + j).lanes += dg
    (du + j).lanes += dz
    (du + gate + j).lanes += dr
    (du + 2 * gate + j).lanes += dg * r
    (dh + j).lanes += dy * z
  }
}

/// Adds a row's du of z and r to the gradient of its channel.
@inline(__always)
private func addGates(of gradients: ParallelGRUSteps, _ row: Int) {
  let gate = max(gradients.state.columns, 16)
  let du = UnsafePointer(gradients.u.base + row * gradients.u.stride)
  let dq = gradients.channels.base + row % gradients.channels.rows * gradients.channels.stride
  forEachGroup(of: 2 * gate) { j, repeated in (dq + j).lanes += (du + j).lanes.lanes(repeated..<16) }
}
