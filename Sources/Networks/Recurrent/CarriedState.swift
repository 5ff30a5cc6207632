// The states that a stateful layer keeps between batches: each row's final states, from which the same row of the
// next batch continues (Keras: RNN(stateful=True)).

import Kernels

/// The final states of a batch's rows.
final class CarriedState {
  private let buffers: [FloatBuffer]
  private let units: Int

  /// - Parameter count: the number of states of a cell: h, and c if there is one.
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

  /// Sets all states to zero.
  func reset() { for buffer in buffers { buffer.fill(0, 0..<buffer.count) } }

  /// All values, for saving and restoring.
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

  /// The number of values in `array`.
  var size: Int { buffers.reduce(0) { $0 + $1.count } }
}
