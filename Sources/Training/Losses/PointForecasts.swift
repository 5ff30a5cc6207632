// The value that is the forecast of a target where the network's outputs are several numbers for each.

import Kernels

extension Loss {
  /// The medians of quantiles; of other outputs, the outputs themselves.
  func points(of outputs: Matrix, into result: Matrix) {
    let (count, median) = (outputsPerTarget, quantiles?.median ?? 0)
    for row in 0..<result.rows {
      for target in 0..<result.columns { result[row, target] = outputs[row, target * count + median] }
    }
  }
}
