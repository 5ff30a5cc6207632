// The product of values.
//
//   y = x_1 x_2 ...      dx_k = dy y / x_k, as the product of the others
//
// A masked step of one value counts as 1, so that the others pass; a step that is masked in all of them gives 0
// (keras/src/layers/merging/multiply.py).

import Kernels

/// Keras's Multiply.
struct Multiply: ElementwiseMerge {
  static let table = optionless("multiply")
  static let kerasClass = "Multiply"

  func forward(_ values: MergedValues, _ shard: Shard) {
    let result = values.output.values(shard)
    fill(result, with: 1)
    for number in 0..<values.count {
      multiplyElements(values.value(number, shard), counting: values.mask(number, shard), into: result)
    }
    if let mask = values.outputMask(shard) { clearMasked(result, mask) }
  }

  func backward(_ values: MergedValues, _ shard: Shard) {
    for number in 0..<values.count {
      guard let gradient = values.gradient(number, shard) else { continue }
      gradient.copy(values.output.gradients(shard))
      for other in 0..<values.count where other != number {
        multiplyElements(values.value(other, shard), counting: values.mask(other, shard), into: gradient)
      }
      if let mask = values.mask(number, shard) { clearMasked(gradient, mask) }
    }
  }
}
