// A product of a recurrent layer whose left factor has dropout (Keras: layers/rnn/dropout_rnn_cell.py). Masks are
// drawn once per batch and reused at every step; each gate may have its own mask:
//
//   y_g = (x m_g) K_g                     m_g: 0, or 1 / (1 - rate), [n, inputs]
//   dK_g = sum_t (x m_g)^T dy_g           dx = sum_g m_g (dy_g K_g^T)
//
// Together, the gates' products are as much work as a single product without masks.

import Kernels

/// The products of a weight with a left factor that has dropout.
final class DroppedProduct {
  private let kernel: Parameter
  private let rate: Float
  /// The number of masks and products: one for each gate, or one for all.
  private let count: Int
  /// The number of columns of a product.
  private let columns: Int
  private let rows: Int
  /// The random key of its masks, besides the seed and the step.
  private let keyName: String
  private let packed: [PackedMatrix]
  private let packedTransposed: [PackedMatrix]
  private let masks: FloatBuffer
  /// The columns of K for each gate as a separate matrix.
  private let part: FloatBuffer
  private let scratch: [DroppedScratch]

  /// - Parameters:
  ///   - gates: the number of gates in the weight's columns.
  ///   - ownMasks: whether each gate has its own mask.
  init(_ kernel: Parameter, rate: Float, gates: Int, ownMasks: Bool, _ context: LayerContext) {
    self.kernel = kernel
    self.rate = rate
    keyName = context.key(kernel)
    rows = context.rows
    count = ownMasks ? gates : 1
    let (depth, columns) = (kernel.rows, gates * kernel.padded / count)
    self.columns = columns
    packed = (0..<count).map { _ in PackedMatrix(depth: depth, columns: columns) }
    packedTransposed = (0..<count).map { _ in PackedMatrix(depth: columns, columns: depth) }
    masks = FloatBuffer(count * context.rows * paddedWidth(depth))
    part = FloatBuffer(depth * paddedWidth(columns))
    let block = max(RecurrentScratch.blockRows, context.rowsOfShard)
    scratch = (0..<context.workers).map { _ in
      DroppedScratch(rows: block, depth: depth, columns: columns)
    }
  }

  /// Packs the weight, gate by gate.
  func prepare() {
    let part = part.matrix(rows: kernel.rows, columns: columns, stride: paddedWidth(columns))
    for number in 0..<count {
      copyColumns(of: kernel.values, from: number * columns, into: part)
      packed[number].pack(part)
      packedTransposed[number].pack(transposing: part)
    }
  }

  /// Draws the masks for the shard's rows.
  func draw(_ shard: Shard, _ pass: Pass) {
    let key = DropoutKey(seed: pass.seed, name: keyName, step: pass.step)
    for number in 0..<count {
      drawMask(
        rate: rate, key: key, firstRow: shard.firstRow, number: number, into: mask(number, shard))
    }
  }

  /// Mask number `number` for the shard's rows, `[n, inputs]`.
  func mask(_ number: Int, _ shard: Shard) -> Matrix {
    let stride = paddedWidth(kernel.rows)
    return masks.matrix(
      at: (number * rows + shard.firstRow) * stride, rows: shard.rows, columns: kernel.rows, stride: stride)
  }

  /// All gates, if each has a mask of its own.
  var all: Range<Int> { 0..<count }

  /// Adds the products of `gates` to their columns of `sums`; x is one step, `[n, inputs]`.
  func add(_ x: Matrix, _ gates: Range<Int>, _ shard: Shard, into sums: Matrix) {
    let scratch = scratch[shard.worker]
    for gate in gates {
      let dropped = scratch.inputs(x.rows)
      multiplyRows(x, by: mask(gate, shard), into: dropped)
      if count == 1 {
        multiply(dropped, packed[0], into: sums, from: .result)
      } else {
        let product = scratch.products(x.rows)
        multiply(dropped, packed[gate], into: product)
        addColumns(of: product, into: sums, at: gate * columns)
      }
    }
  }

  /// Sets dx from dy of `gates`, or adds to it; both for the same steps, `[steps * n, ...]`.
  func passBack(_ dy: Matrix, _ gates: Range<Int>, _ shard: Shard, adds: Bool, into dx: Matrix) {
    let back = scratch[shard.worker].gradients(dy.rows)
    if !adds { dx.clear() }
    for gate in gates {
      multiply(dy.leftColumns(gate * columns..<(gate + 1) * columns), packedTransposed[gate], into: back)
      addRows(back, times: mask(gate, shard), into: dx)
    }
  }

  /// Adds the weight's gradients in the columns of `gates`, for the steps of x and dy.
  func addGradient(_ x: Matrix, _ dy: Matrix, _ gates: Range<Int>, _ shard: Shard) {
    let scratch = scratch[shard.worker]
    let gradient = kernel.gradient(shard)
    for gate in gates {
      let dropped = scratch.inputs(x.rows)
      multiplyRows(x, by: mask(gate, shard), into: dropped)
      if count == 1 {
        addOuterProduct(dropped, dy, into: gradient)
      } else {
        let (part, sum) = (scratch.products(dy.rows), scratch.weight)
        copyColumns(of: dy, from: gate * columns, into: part)
        sum.clear()
        addOuterProduct(dropped, part, into: sum)
        addColumns(of: sum, into: gradient, at: gate * columns)
      }
    }
  }
}

/// A thread's memory for a `DroppedProduct`.
private final class DroppedScratch {
  private let left: FloatBuffer
  private let back: FloatBuffer
  private let right: FloatBuffer
  private let sum: FloatBuffer
  private let depth: Int
  private let columns: Int

  init(rows: Int, depth: Int, columns: Int) {
    self.depth = depth
    self.columns = columns
    left = FloatBuffer(rows * paddedWidth(depth))
    back = FloatBuffer(rows * paddedWidth(depth))
    right = FloatBuffer(rows * paddedWidth(columns))
    sum = FloatBuffer(depth * paddedWidth(columns))
  }

  /// x times its mask.
  func inputs(_ rows: Int) -> Matrix { left.matrix(rows: rows, columns: depth, stride: paddedWidth(depth)) }
  /// The gradients of x times its mask.
  func gradients(_ rows: Int) -> Matrix {
    back.matrix(rows: rows, columns: depth, stride: paddedWidth(depth))
  }
  /// A gate's products or their gradients.
  func products(_ rows: Int) -> Matrix {
    right.matrix(rows: rows, columns: columns, stride: paddedWidth(columns))
  }
  /// A gate's weight gradients.
  var weight: Matrix { sum.matrix(rows: depth, columns: columns, stride: paddedWidth(columns)) }
}
