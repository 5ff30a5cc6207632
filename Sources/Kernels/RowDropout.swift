// Dropout masks that are shared by all time steps of a row (Gal and Ghahramani, 2016), as in Keras's recurrent
// layers. The elements of a mask are 0 or 1 / (1 - rate).

import CPUTarget

extension DropoutKey {
  /// A separate key for each `name`, from its FNV-1a hash.
  public init(seed: UInt64, name: String, step: Int) {
    var hash: UInt32 = 2_166_136_261
    for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    self.init(seed: seed, layer: Int(hash), step: step)
  }
}

/// Sets `mask`, which covers rows `firstRow...` of the batch, to mask `number` of the key.
public func drawMask(rate: Float, key: DropoutKey, firstRow: Int, number: Int, into mask: Matrix) {
  let factor = Lanes(repeating: 1 / (1 - rate))
  let position = MaskPosition(firstRow: firstRow, rows: mask.rows, vectors: mask.stride / 16, time: number)
  drawBits(rate: rate, key: key, position) { index, kept in
    (mask.base + index * 16).lanes = cpu_lanes_of(kept, factor)
  }
}

/// `result = values * mask`; the mask's rows are repeated for each step of `values`, `[steps * n, F]`.
public func multiplyRows(_ values: Matrix, by mask: Matrix, into result: Matrix) {
  forEachStep(of: values, mask) { offset, maskOffset in
    (result.base + offset).lanes = (values.base + offset).lanes * (mask.base + maskOffset).lanes
  }
}

/// `result += values * mask`, the mask as in `multiplyRows`.
public func addRows(_ values: Matrix, times mask: Matrix, into result: Matrix) {
  forEachStep(of: values, mask) { offset, maskOffset in
    (result.base + offset).lanes.accumulate(
      (values.base + offset).lanes, times: (mask.base + maskOffset).lanes)
  }
}

/// Calls `body` with the offset of each vector of all steps and that of its mask; equal strides.
@inline(__always)
private func forEachStep(of values: Matrix, _ mask: Matrix, _ body: (Int, Int) -> Void) {
  let size = mask.rows * mask.stride
  for start in stride(from: 0, to: values.rows * values.stride, by: max(size, 16)) {
    for offset in stride(from: 0, to: size, by: 16) { body(start + offset, offset) }
  }
}
