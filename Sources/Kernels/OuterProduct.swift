// Weight gradients: C += A^T B, the sum over rows (batch rows and time steps) of outer products.
//
// Legend: A [r, m], B [r, n], C [m, n]. Neither factor needs packing: for one r, the tile's m values and its
// n values are contiguous. A tile of C stays in registers during the loop over r; the caller divides time into
// blocks whose A and B fit in L2. Each element of C is one sum in ascending order of r.

import CPUTarget

/// `c += a^T b`; a [r, m], b [r, n], c [m, n].
///
/// - Parameter ahead: the matrix that is read after this product, prefetched meanwhile.
public func addOuterProduct(_ a: Matrix, _ b: Matrix, into c: Matrix, ahead: Matrix? = nil) {
  let layout = PanelLayout(c.columns)
  let tiles = ((c.rows + tileRows - 1) / tileRows) * ((layout.whole + tilePanels - 1) / tilePanels)
  var prefetcher = Prefetcher(ahead, times: tiles)
  var panel = 0
  if tilePanels == 2 {
    while panel + 2 <= layout.whole {
      outerPanels(Lanes.self, Count<2>.self, a, b, panel, c, &prefetcher)
      panel += 2
    }
  }
  while panel < layout.whole {
    outerPanels(Lanes.self, Count<1>.self, a, b, panel, c, &prefetcher)
    panel += 1
  }
  if layout.hasHalf { outerPanels(SIMD8<Float>.self, Count<1>.self, a, b, panel, c, &prefetcher) }
}

@inline(__always)
private func outerPanels<Vector: TileVector, let P: Int>(
  _ vector: Vector.Type, _ width: Count<P>.Type, _ a: Matrix, _ b: Matrix, _ panel: Int, _ c: Matrix,
  _ prefetcher: inout Prefetcher
) {
  var row = 0
  if tileRows == 8 {
    while row + 8 <= c.rows {
      row += outerTile(vector, Count<8>.self, width, a, b, panel, c, row, &prefetcher)
    }
  } else if tileRows == 6 {
    while row + 6 <= c.rows {
      row += outerTile(vector, Count<6>.self, width, a, b, panel, c, row, &prefetcher)
    }
  }
  while row + 4 <= c.rows { row += outerTile(vector, Count<4>.self, width, a, b, panel, c, row, &prefetcher) }
  while row + 2 <= c.rows { row += outerTile(vector, Count<2>.self, width, a, b, panel, c, row, &prefetcher) }
  while row < c.rows { row += outerTile(vector, Count<1>.self, width, a, b, panel, c, row, &prefetcher) }
}

/// `R` rows by `P` panels of C; returns R.
@inline(__always)
private func outerTile<Vector: TileVector, let R: Int, let P: Int>(
  _: Vector.Type, _: Count<R>.Type, _: Count<P>.Type, _ a: Matrix, _ b: Matrix, _ panel: Int, _ c: Matrix,
  _ row: Int, _ prefetcher: inout Prefetcher
) -> Int {
  prefetcher.advance()
  let left = UnsafePointer(a.base + row)
  let right = UnsafePointer(b.base + panel * 16)
  let result = c.base + row * c.stride + panel * 16
  var sum = InlineArray<R, InlineArray<P, Vector>>(repeating: InlineArray(repeating: Vector(repeating: 0)))
  for r in 0..<R {
    for p in 0..<P { sum[r][p] = UnsafePointer(result + r * c.stride + p * 16).vector(Vector.self) }
  }
  for k in 0..<a.rows {
    var values = InlineArray<P, Vector>(repeating: Vector(repeating: 0))
    for p in 0..<P { values[p] = (right + k * b.stride + p * 16).vector(Vector.self) }
    for r in 0..<R {
      let input = Vector(repeating: left[k * a.stride + r])
      for p in 0..<P {
        if KERNEL_FUSES != 0 {
          sum[r][p].addProduct(input, values[p])
        } else {
          sum[r][p] += input * values[p]
        }
      }
    }
  }
  for r in 0..<R { for p in 0..<P { (result + r * c.stride + p * 16).store(sum[r][p]) } }
  return R
}
