// Dropout masks that are kept: one for each row of a batch, laid on all of its time steps (Gal and Ghahramani,
// 2016), as Keras's recurrent layers drop values. A mask's numbers are 0, or 1 / (1 - rate).

import CPUTarget

extension DropoutKey {
  /// A key of its own for whatever `name` names (a hash of it: FNV-1a).
  public init(seed: UInt64, name: String, step: Int) {
    var hash: UInt32 = 2_166_136_261
    for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    self.init(seed: seed, layer: Int(hash), step: step)
  }
}

/// Sets `mask`, for rows `firstRow...` of the batch, to the `number`-th mask of the key.
public func drawMask(rate: Float, key: DropoutKey, firstRow: Int, number: Int, into mask: Matrix) {
  let factor = Lanes(repeating: 1 / (1 - rate))
  let place = MaskPlace(firstRow: firstRow, rows: mask.rows, vectors: mask.stride / 16, time: number)
  drawBits(rate: rate, key: key, place) { index, kept in
    (mask.base + index * 16).lanes = cpu_lanes_of(kept, factor)
  }
}

/// `result = values * mask`; the rows of the mask repeat for each step of `values`, `[steps * n, F]`.
public func multiplyRows(_ values: Matrix, by mask: Matrix, into result: Matrix) {
  forEachStep(of: values, mask) { place, maskPlace in
    (result.base + place).lanes = (values.base + place).lanes * (mask.base + maskPlace).lanes
  }
}

/// `result += values * mask`, the mask as in `multiplyRows`.
public func addRows(_ values: Matrix, times mask: Matrix, into result: Matrix) {
  forEachStep(of: values, mask) { place, maskPlace in
    (result.base + place).lanes.addProduct((values.base + place).lanes, (mask.base + maskPlace).lanes)
  }
}

/// Calls `body` with the places of each vector of all steps and of its mask; equal strides.
@inline(__always)
private func forEachStep(of values: Matrix, _ mask: Matrix, _ body: (Int, Int) -> Void) {
  let size = mask.rows * mask.stride
  for start in stride(from: 0, to: values.rows * values.stride, by: max(size, 16)) {
    for offset in stride(from: 0, to: size, by: 16) { body(start + offset, offset) }
  }
}
