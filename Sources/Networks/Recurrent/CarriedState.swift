// What a stateful layer keeps between batches: the state in which each row ended, from which the same row of
// the next batch begins (Keras: RNN(stateful=True)).

import Kernels

/// The last states of a batch's rows.
final class CarriedState {
  private let buffers: [FloatBuffer]
  private let units: Int

  /// - Parameter count: how many states a cell has: h, and c if there is one.
  init(rows: Int, units: Int, count: Int) {
    self.units = units
    buffers = (0..<count).map { _ in FloatBuffer(rows * paddedWidth(units)) }
  }

  /// State number `number` of the shard's rows, `[n, H]`.
  func rows(_ number: Int, _ shard: Shard) -> Matrix {
    let stride = paddedWidth(units)
    return buffers[number].matrix(
      at: shard.stateRow * stride, rows: shard.rows, columns: units, stride: stride)
  }

  /// Makes all states zero.
  func reset() { for buffer in buffers { buffer.fill(0, 0..<buffer.count) } }

  /// All values, to be saved and restored.
  var array: [Float] {
    get { buffers.flatMap(\.array) }
    set {
      var start = 0
      for buffer in buffers {
        buffer.write(newValue[start..<start + buffer.count])
        start += buffer.count
      }
    }
  }

  /// How many numbers `array` has.
  var size: Int { buffers.reduce(0) { $0 + $1.count } }
}
