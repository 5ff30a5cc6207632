// The windows gathered for the next chunk.

import Tensor
import TensorFile

/// A growing block of windows.
struct WindowBlock {
  var rows = 0
  var x: [Float] = []
  var y: [Float] = []
  var actual: [Double] = []
  var times: [Int64] = []
  var parts: [UInt8] = []
  var weights: [Float] = []

  func chunk(_ layout: WindowLayout) -> Chunk {
    var columns = [
      "x": Tensor(x, shape: [rows, layout.length, layout.inputs.count]),
      "y": Tensor(y, shape: [rows, layout.horizon * layout.targets.count]),
      "actual": Tensor(actual, shape: [rows, layout.horizon * layout.targets.count]),
    ]
    if !times.isEmpty { columns["time"] = Tensor(times, shape: [rows, layout.horizon]) }
    if !weights.isEmpty { columns["weight"] = Tensor(weights) }
    if !parts.isEmpty { columns["split"] = Tensor(parts) }
    return Chunk(columns)
  }
}
