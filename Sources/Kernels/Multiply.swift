// Matrix products with a packed right factor: C = A B + C, the core of every recurrent step.
//
// Legend: A [m, k], B [k, n] packed, C [m, n]. A tile of C stays in registers during the loop over k: each
// weight vector that is loaded is used for `tileRows` rows, each element of A for `tilePanels` vectors. There are
// few rows (8 to 32), so there is no blocking over k: a panel of B (16 k floats) fits in L1, B in L2. Every element
// of C is one sum in ascending order of k, so a row's result depends neither on the number of rows in the batch nor
// on its tile.

import CPUTarget

/// The right factor of a product, divided into panels of 16 columns, each stored row by row.
///
/// Packed once per training step, so that a tile reads it with unit stride.
public final class PackedMatrix {
  /// The rows of B: the length of each sum.
  public let depth: Int
  /// The columns of B.
  public let columns: Int
  let panels: Int
  let buffer: FloatBuffer

  /// Allocates a `[depth, columns]` matrix.
  public init(depth: Int, columns: Int) {
    self.depth = depth
    self.columns = columns
    panels = paddedWidth(columns) / 16
    buffer = FloatBuffer(panels * 16 * depth)
  }

  /// Packs `source` [depth, columns].
  public func pack(_ source: Matrix) {
    for panel in 0..<panels {
      let target = buffer.base + panel * 16 * depth
      for row in 0..<depth {
        (target + row * 16).lanes = (source.base + row * source.stride + panel * 16).lanes
      }
    }
  }

  /// Packs the transpose of `source` [columns, depth].
  public func pack(transposing source: Matrix) {
    for panel in 0..<panels {
      let target = buffer.base + panel * 16 * depth
      for column in 0..<min(16, columns - panel * 16) {
        let from = source.base + (panel * 16 + column) * source.stride
        for row in 0..<depth { target[row * 16 + column] = from[row] }
      }
    }
  }

  /// The panels as kernels read them.
  fileprivate var view: Panels {
    Panels(base: UnsafePointer(buffer.base), depth: depth, layout: PanelLayout(columns))
  }
}

/// A packed matrix's panels, without reference counting: threads that share weights would contend for the count.
private struct Panels {
  let base: UnsafePointer<Float>
  let depth: Int
  let layout: PanelLayout

  @inline(__always)
  subscript(index: Int) -> UnsafePointer<Float> { base + index * 16 * depth }
}

/// The factors of a product as kernels read them.
private struct FactorViews {
  let a: Matrix
  let b: Panels
}

/// The initial value of a product's sums.
public enum ProductStart {
  /// Zero.
  case zero
  /// The result's current value.
  case result
  /// The same row for all rows, `[1, n]`: a bias.
  case row(Matrix)
}

/// The factors of one of several summed products: a [m, k], b [k, n] packed.
public struct Factors {
  let a: Matrix
  let b: PackedMatrix

  /// `a` times `b`.
  public init(_ a: Matrix, _ b: PackedMatrix) {
    self.a = a
    self.b = b
  }
}

/// `c = start + a b`; a [m, k], b [k, n] packed, c [m, n].
public func multiply(_ a: Matrix, _ b: PackedMatrix, into c: Matrix, from start: ProductStart = .zero) {
  switch start {
  case .zero: multiply(a, b, c, ZeroStart())
  case .result: multiply(a, b, c, RowStart(base: c.base, stride: c.stride))
  case .row(let row): multiply(a, b, c, RowStart(base: row.base, stride: 0))
  }
}

/// `c = start + first + second`; the sums stay in registers between the products.
public func multiply(_ first: Factors, _ second: Factors, into c: Matrix, from start: ProductStart) {
  switch start {
  case .zero: multiply(second.a, second.b, c, ZeroStart(), after: first)
  case .result: multiply(second.a, second.b, c, RowStart(base: c.base, stride: c.stride), after: first)
  case .row(let row): multiply(second.a, second.b, c, RowStart(base: row.base, stride: 0), after: first)
  }
}

/// `c[i] = rows[number of ids[start + i]] + (a b)[i]`: sums whose initial values are the rows of tokens.
public func multiply(
  _ a: Matrix, _ b: PackedMatrix, into c: Matrix, fromRows rows: Matrix, by index: TokenIndex,
  ids: IndexBuffer, at start: Int
) {
  precondition(start >= 0 && start + a.rows <= ids.count, "ids outside the buffer")
  multiply(
    a, b, c, TokenStart(rows: rows, numbers: index.numbers.base, ids: UnsafePointer(ids.base + start)))
}

/// The initial values of the sums in a row of C.
private protocol SumStart {
  func value(_ row: Int, _ column: Int) -> Lanes
}

private struct ZeroStart: SumStart {
  @inline(__always) func value(_ row: Int, _ column: Int) -> Lanes { Lanes(repeating: 0) }
}

private struct RowStart: SumStart {
  let base: UnsafeMutablePointer<Float>
  let stride: Int
  @inline(__always) func value(_ row: Int, _ column: Int) -> Lanes { (base + row * stride + column).lanes }
}

private struct TokenStart: SumStart {
  let rows: Matrix
  let numbers: UnsafeMutablePointer<Int32>
  let ids: UnsafePointer<Int32>
  @inline(__always) func value(_ row: Int, _ column: Int) -> Lanes {
    (rows.base + Int(numbers[Int(ids[row])]) * rows.stride + column).lanes
  }
}

@inline(__always)
private func multiply(
  _ a: Matrix, _ b: PackedMatrix, _ c: Matrix, _ start: some SumStart, after first: Factors? = nil
) {
  let factors = FactorViews(a: a, b: b.view)
  let firstFactors = first.map { FactorViews(a: $0.a, b: $0.b.view) }
  let layout = factors.b.layout
  var panel = 0
  if tilePanels == 2 {
    while panel + 2 <= layout.whole {
      multiplyPanels(Lanes.self, Count<2>.self, factors, panel, c, start, firstFactors)
      panel += 2
    }
  }
  while panel < layout.whole {
    multiplyPanels(Lanes.self, Count<1>.self, factors, panel, c, start, firstFactors)
    panel += 1
  }
  if layout.hasHalf {
    multiplyPanels(SIMD8<Float>.self, Count<1>.self, factors, panel, c, start, firstFactors)
  }
}

/// Columns as panels of 16, followed by half a panel if at most eight columns remain.
struct PanelLayout {
  /// The number of whole panels; the last one may be padded.
  let whole: Int
  /// Whether half a panel follows them.
  let hasHalf: Bool

  @inline(__always)
  init(_ columns: Int) {
    hasHalf = (1...8).contains(columns % 16)
    whole = paddedWidth(columns) / 16 - (hasHalf ? 1 : 0)
  }
}

/// Rows and panels of a full tile, chosen for the registers of the target CPU.
@inline(__always) var tileRows: Int { Int(KERNEL_TILE_ROWS) }
@inline(__always) var tilePanels: Int { Int(KERNEL_TILE_PANELS) }

/// A compile-time constant, so that loops over it are unrolled into registers.
enum Count<let value: Int> {}

/// All rows of C in the columns of `P` adjacent panels, in as few tiles as possible of about equal height: a tile of
/// one or two rows has too few independent sums to keep the multipliers busy.
@inline(__always)
private func multiplyPanels<Vector: TileVector, let P: Int>(
  _ vector: Vector.Type, _ width: Count<P>.Type, _ factors: FactorViews, _ panel: Int, _ c: Matrix,
  _ start: some SumStart,
  _ first: FactorViews?
) {
  let rows = factors.a.rows
  var row = 0
  var tiles = (rows + tileRows - 1) / tileRows
  while tiles > 0 {
    switch (rows - row) / tiles {
    case 1: row += multiplyTile(vector, Count<1>.self, width, factors, panel, c, row, start, first)
    case 2: row += multiplyTile(vector, Count<2>.self, width, factors, panel, c, row, start, first)
    case 3: row += multiplyTile(vector, Count<3>.self, width, factors, panel, c, row, start, first)
    case 4: row += multiplyTile(vector, Count<4>.self, width, factors, panel, c, row, start, first)
    case 5: row += multiplyTile(vector, Count<5>.self, width, factors, panel, c, row, start, first)
    case 6: row += multiplyTile(vector, Count<6>.self, width, factors, panel, c, row, start, first)
    case 7: row += multiplyTile(vector, Count<7>.self, width, factors, panel, c, row, start, first)
    default: row += multiplyTile(vector, Count<8>.self, width, factors, panel, c, row, start, first)
    }
    tiles -= 1
  }
}

/// `R` rows by `P` panels of C; returns R.
@inline(__always)
private func multiplyTile<Vector: TileVector, let R: Int, let P: Int>(
  _: Vector.Type, _: Count<R>.Type, _: Count<P>.Type, _ factors: FactorViews, _ panel: Int, _ c: Matrix,
  _ row: Int,
  _ start: some SumStart, _ first: FactorViews?
) -> Int {
  let result = c.base + row * c.stride + panel * 16
  var sum = InlineArray<R, InlineArray<P, Vector>>(repeating: InlineArray(repeating: Vector(repeating: 0)))
  for r in 0..<R { for p in 0..<P { sum[r][p] = Vector(first: start.value(row + r, (panel + p) * 16)) } }
  if let first { accumulate(&sum, first, panel, row) }
  accumulate(&sum, factors, panel, row)
  for r in 0..<R { for p in 0..<P { (result + r * c.stride + p * 16).store(sum[r][p]) } }
  return R
}

/// Adds the products for all k to a tile's sums.
@inline(__always)
private func accumulate<Vector: TileVector, let R: Int, let P: Int>(
  _ sum: inout InlineArray<R, InlineArray<P, Vector>>, _ factors: FactorViews, _ panel: Int, _ row: Int
) {
  let (a, depth) = (factors.a, factors.b.depth)
  let left = UnsafePointer(a.base + row * a.stride)
  let right = factors.b[panel]
  for k in 0..<depth {
    var weights = InlineArray<P, Vector>(repeating: Vector(repeating: 0))
    for p in 0..<P { weights[p] = (right + (p * depth + k) * 16).vector(Vector.self) }
    for r in 0..<R {
      let input = Vector(repeating: left[r * a.stride + k])
      for p in 0..<P {
        if KERNEL_FUSES != 0 {
          sum[r][p].addProduct(input, weights[p])
        } else {
          sum[r][p] += input * weights[p]
        }
      }
    }
  }
}
