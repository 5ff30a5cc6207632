// The mean of values.
//
//   y = (x_1 + x_2 + ... + x_n) / n      dx_k = dy / n

import Kernels

/// Keras's Average.
struct Average: ElementwiseMerge {
  static let table = optionless("average")
  static let kerasClass = "Average"

  func forward(_ values: MergedValues, _ shard: Shard) {
    values.writeSum(shard)
    let result = values.output.values(shard)
    scale(result, by: 1 / Float(values.count), into: result)
  }

  func backward(_ values: MergedValues, _ shard: Shard) {
    for number in 0..<values.count {
      guard let gradient = values.gradient(number, shard) else { continue }
      scale(values.output.gradients(shard), by: 1 / Float(values.count), into: gradient)
    }
  }
}
