// The largest of values, number by number.
//
//   y = max(x_1, x_2, ...)      dx_k = dy where y came from x_k, the first of equal values

import Kernels

/// Keras's Maximum.
struct Maximum: ElementwiseMerge {
  static let table = optionless("maximum")
  static let kerasClass = "Maximum"
  static let notesWinners = true

  func forward(_ values: MergedValues, _ shard: Shard) { values.writeExtreme(isLargest: true, shard) }

  func backward(_ values: MergedValues, _ shard: Shard) { values.passBackExtreme(shard) }
}
