// What one thread needs for a recurrent layer's walk: one step's pre-activations, the states' gradients, and the
// gradients of a block of steps, which stay in the L2 cache until the products over the block are done.

import Kernels

/// Memory of one thread for a recurrent layer.
final class RecurrentScratch {
  /// Rows of a block of steps, over which weight gradients are one product: enough to use each
  /// product tile many times over, few enough that the block's dz stays in the L2 cache.
  static let blockRows = 128

  private let width: Int
  private let units: Int
  private let stateCount: Int
  private let x: FloatBuffer
  private let u: FloatBuffer
  private let inputGradients: FloatBuffer
  private let recurrentGradients: FloatBuffer
  private let states: FloatBuffer
  private let rows: Int
  /// Which of a state's two gradients is the one after the step.
  private var isFlipped = false

  /// - Parameters:
  ///   - rows: the most rows of a shard.
  ///   - width: columns of all gates.
  ///   - states: how many states the cell has.
  init(rows: Int, width: Int, units: Int, states: Int, isTraining: Bool) {
    self.rows = rows
    self.width = width
    self.units = units
    stateCount = states
    x = FloatBuffer(rows * paddedWidth(width))
    u = FloatBuffer(rows * paddedWidth(width))
    let block = isTraining ? max(Self.blockRows, rows) * paddedWidth(width) : 0
    inputGradients = FloatBuffer(block)
    recurrentGradients = FloatBuffer(block)
    self.states = FloatBuffer(isTraining ? (2 * states + 1) * rows * paddedWidth(units) : 0)
  }

  /// Pre-activations of one step, `[n, gates * G]`.
  func x(_ shard: Shard) -> Matrix { matrix(x, 0, shard.active) }
  /// The recurrent part of them, if the cell keeps it separate.
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

  /// The gradients of a state, `[n, H]`: dL/ds_t after the step, and the memory for dL/ds_{t-1}.
  func gradient(of state: Int, _ shard: Shard) -> (after: Matrix, before: Matrix) {
    let (first, second) = (matrix(state: 2 * state, shard.active), matrix(state: 2 * state + 1, shard.active))
    return isFlipped ? (second, first) : (first, second)
  }
  /// A second `[n, H]` for what bypasses the recurrent product.
  func bypass(_ shard: Shard) -> Matrix { matrix(state: 2 * stateCount, shard.active) }

  /// Makes the gradients just written those after the step before.
  func flipGradients() { isFlipped.toggle() }

  private func matrix(state number: Int, _ rows: Int) -> Matrix {
    let stride = paddedWidth(units)
    return states.matrix(at: number * self.rows * stride, rows: rows, columns: units, stride: stride)
  }

  private func matrix(_ buffer: FloatBuffer, _ first: Int, _ rows: Int) -> Matrix {
    let stride = paddedWidth(width)
    return buffer.matrix(at: first * stride, rows: rows, columns: width, stride: stride)
  }
}
