// The smallest of values, number by number.
//
//   y = min(x_1, x_2, ...)      dx_k = dy where y came from x_k, the first of equal values

import Kernels

/// Keras's Minimum.
struct Minimum: ElementwiseMerge {
  static let table = optionless("minimum")
  static let kerasClass = "Minimum"
  static let notesWinners = true

  func forward(_ values: MergedValues, _ shard: Shard) { values.writeExtreme(isLargest: false, shard) }

  func backward(_ values: MergedValues, _ shard: Shard) { values.passBackExtreme(shard) }
}
