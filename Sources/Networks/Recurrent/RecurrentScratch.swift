// A thread's memory for a recurrent layer: the pre-activations of a step, the gradients of the states, and the
// gradients of a block of steps, which stay in the L2 cache until the products over the block are done.

import Kernels

/// A thread's memory for a recurrent layer.
final class RecurrentScratch {
  /// The number of rows in a block of steps, whose weight gradients are one product: enough to use each tile of the
  /// product many times, few enough that the block's dz stays in the L2 cache.
  static let blockRows = 128

  private let width: Int
  /// The widths of the states, and of the gradient that bypasses the recurrent product.
  private let widths: [Int]
  /// The distance between two states' gradients in floats.
  private let distance: Int
  private let x: FloatBuffer
  private let u: FloatBuffer
  private let inputGradients: FloatBuffer
  private let recurrentGradients: FloatBuffer
  private let states: FloatBuffer
  /// Which of the two gradient buffers of a state is the one after the step.
  private var isFlipped = false

  /// - Parameters:
  ///   - rows: the maximum number of rows in a shard.
  ///   - width: the number of columns of all gates.
  ///   - states: the widths of the cell's states.
  init(rows: Int, width: Int, states: [Int], isTraining: Bool) {
    self.width = width
    widths = states.flatMap { [$0, $0] } + [states[0]]
    distance = rows * paddedWidth(states.max() ?? 0)
    x = FloatBuffer(rows * paddedWidth(width))
    u = FloatBuffer(rows * paddedWidth(width))
    let block = isTraining ? max(Self.blockRows, rows) * paddedWidth(width) : 0
    inputGradients = FloatBuffer(block)
    recurrentGradients = FloatBuffer(block)
    self.states = FloatBuffer(isTraining ? widths.count * distance : 0)
  }

  /// Pre-activations of one step, `[n, gates * G]`.
  func x(_ shard: Shard) -> Matrix { matrix(x, 0, shard.active) }
  /// The recurrent part of them, if the cell keeps it separate.
  func u(_ shard: Shard) -> Matrix { matrix(u, 0, shard.active) }
  /// Gradients of the input's part at `slots` of a block, `[slots * n, gates * G]`.
  func inputGradients(_ slots: Range<Int>, _ shard: Shard) -> Matrix {
    matrix(inputGradients, slots.lowerBound * shard.rows, shard.rows(of: slots.count))
  }
  /// Gradients of the recurrent part, which for some cells are those of the input's part.
  func recurrentGradients(_ slots: Range<Int>, _ shard: Shard) -> Matrix {
    matrix(
      sharesGradients ? inputGradients : recurrentGradients, slots.lowerBound * shard.rows,
      shard.rows(of: slots.count))
  }

  /// Whether dx = du, as in every cell whose pre-activation is the plain sum of both parts.
  var sharesGradients = true

  /// The gradients of a state, `[n, H]`: dL/ds_t after the step, and memory for dL/ds_{t-1}.
  func gradient(of state: Int, _ shard: Shard) -> (after: Matrix, before: Matrix) {
    let (first, second) = (matrix(state: 2 * state, shard.active), matrix(state: 2 * state + 1, shard.active))
    return isFlipped ? (second, first) : (first, second)
  }
  /// A second `[n, H]` buffer for the gradient of h that bypasses the recurrent product.
  func bypass(_ shard: Shard) -> Matrix { matrix(state: widths.count - 1, shard.active) }

  /// Makes the gradients just written the ones after the preceding step.
  func flipGradients() { isFlipped.toggle() }

  private func matrix(state number: Int, _ rows: Int) -> Matrix {
    states.matrix(
      at: number * distance, rows: rows, columns: widths[number], stride: paddedWidth(widths[number]))
  }

  private func matrix(_ buffer: FloatBuffer, _ first: Int, _ rows: Int) -> Matrix {
    let stride = paddedWidth(width)
    return buffer.matrix(at: first * stride, rows: rows, columns: width, stride: stride)
  }
}
