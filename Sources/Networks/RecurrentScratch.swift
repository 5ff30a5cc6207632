// What one thread needs for a recurrent layer's walk: one step's pre-activations, and the gradients of a block
// of steps, which stay in the second cache until the products over the block are done.

import Kernels

/// Memory of one thread for a recurrent layer: one step's pre-activations and a block's gradients.
final class RecurrentScratch {
  /// Rows of a block of steps, over which weight gradients are one product: enough to fill a tile's sums
  /// many times over, few enough that the block's dz stays in the second cache.
  static let blockRows = 128

  private let width: Int
  private let units: Int
  private let x: FloatBuffer
  private let u: FloatBuffer
  private let inputGradients: FloatBuffer
  private let recurrentGradients: FloatBuffer
  private let states: FloatBuffer
  private let rows: Int
  /// Which of the two cell gradients is the one of the step after.
  private var flipped = false

  init(rows: Int, width: Int, units: Int, isTraining: Bool) {
    self.rows = rows
    self.width = width
    self.units = units
    x = FloatBuffer(rows * paddedWidth(width))
    u = FloatBuffer(rows * paddedWidth(width))
    let block = isTraining ? max(Self.blockRows, rows) * paddedWidth(width) : 0
    inputGradients = FloatBuffer(block)
    recurrentGradients = FloatBuffer(block)
    states = FloatBuffer(5 * rows * paddedWidth(units))
  }

  /// Pre-activations of one step, `[n, gates * G]`.
  func x(_ shard: Shard) -> Matrix { matrix(x, 0, shard.active) }
  /// The recurrent part of them, where the cell keeps it apart.
  func u(_ shard: Shard) -> Matrix { matrix(u, 0, shard.active) }
  /// Gradients of the input's part at `slots` of a block, `[slots * n, gates * G]`.
  func inputGradients(_ slots: Range<Int>, _ shard: Shard) -> Matrix {
    matrix(inputGradients, slots.lowerBound * shard.rows, shard.rows(of: slots.count))
  }
  /// Gradients of the recurrent part; the cell says whether they are the input's.
  func recurrentGradients(_ slots: Range<Int>, _ shard: Shard) -> Matrix {
    matrix(
      sharesGradients ? inputGradients : recurrentGradients, slots.lowerBound * shard.rows,
      shard.rows(of: slots.count))
  }

  /// Whether dx = du, as in every cell whose pre-activation is the plain sum of both parts.
  var sharesGradients = true

  /// dL/dh, `[n, H]`.
  func dh(_ shard: Shard) -> Matrix { state(0, shard.active) }
  /// A second `[n, H]` for what bypasses the recurrent product.
  func bypass(_ shard: Shard) -> Matrix { state(1, shard.active) }
  /// A third, for dL/dh of rows that pass over a step.
  func kept(_ shard: Shard) -> Matrix { state(4, shard.active) }
  /// dL/dc of the step after, and where the one before goes.
  func cellGradients(_ shard: Shard) -> (after: Matrix, before: Matrix) {
    (state(flipped ? 3 : 2, shard.active), state(flipped ? 2 : 3, shard.active))
  }
  /// Makes the gradient just written the one of the step after.
  func flipCellGradients() { flipped.toggle() }

  func clearGradients(_ shard: Shard) {
    dh(shard).clear()
    cellGradients(shard).after.clear()
  }

  private func state(_ number: Int, _ rows: Int) -> Matrix {
    let stride = paddedWidth(units)
    return states.matrix(at: number * self.rows * stride, rows: rows, columns: units, stride: stride)
  }

  private func matrix(_ buffer: FloatBuffer, _ first: Int, _ rows: Int) -> Matrix {
    let stride = paddedWidth(width)
    return buffer.matrix(at: first * stride, rows: rows, columns: width, stride: stride)
  }
}
