// The difference of two values.
//
//   y = x_1 - x_2      dx_1 = dy      dx_2 = -dy

import Kernels

/// Keras's Subtract.
struct Subtract: ElementwiseMerge {
  static let table = optionless("subtract")
  static let kerasClass = "Subtract"
  static let arity = 2...2

  func forward(_ values: MergedValues, _ shard: Shard) {
    let result = values.output.values(shard)
    scale(values.value(1, shard), by: -1, into: result)
    add(values.value(0, shard), into: result)
  }

  func backward(_ values: MergedValues, _ shard: Shard) {
    let gradient = values.output.gradients(shard)
    values.gradient(0, shard)?.copy(gradient)
    if let second = values.gradient(1, shard) { scale(gradient, by: -1, into: second) }
  }
}
