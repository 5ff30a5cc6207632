// The sum of values.
//
//   y = x_1 + x_2 + ...      dx_k = dy

import Kernels

/// Keras's Add.
struct Add: ElementwiseMerge {
  static let table = optionless("add")
  static let kerasClass = "Add"

  func forward(_ values: MergedValues, _ shard: Shard) { values.writeSum(shard) }

  func backward(_ values: MergedValues, _ shard: Shard) {
    for number in 0..<values.count {
      values.gradient(number, shard)?.copy(values.output.gradients(shard))
    }
  }
}

extension MergedValues {
  /// Sets the output to the sum of all values, in their order.
  func writeSum(_ shard: Shard) {
    let result = output.values(shard)
    result.copy(value(0, shard))
    for number in 1..<max(1, count) { add(value(number, shard), into: result) }
  }
}
