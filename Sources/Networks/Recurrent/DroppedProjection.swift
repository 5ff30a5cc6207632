// x_t W + b of a recurrent layer with dropout on its input.

import Kernels

/// x_t W + b with dropout on x in training; without dropout otherwise.
final class DroppedProjection: InputProjection {
  private let product: DroppedProduct
  private let plain: ValueProjection
  private let input: Activation
  private let bias: Parameter?
  private let addsInputGradient: Bool
  private var isTraining = false

  init(
    _ input: Activation, _ product: DroppedProduct, plain: ValueProjection, bias: Parameter?,
    addsInputGradient: Bool
  ) {
    self.input = input
    self.product = product
    self.plain = plain
    self.bias = bias
    self.addsInputGradient = addsInputGradient
  }

  func prepare(_ pass: Pass) {
    isTraining = pass.isTraining
    if isTraining { product.prepare() } else { plain.prepare(pass) }
  }

  func beginForward(_ shard: Shard, _ pass: Pass) { if isTraining { product.draw(shard, pass) } }

  func write(_ shard: Shard, _ time: Int, into sums: Matrix) {
    guard isTraining else { return plain.write(shard, time, into: sums) }
    if let bias { broadcast(bias.values.rows(0..<1), into: sums) } else { sums.clear() }
    product.add(input.values(shard, time), product.all, shard, into: sums)
  }

  var joinsSteps: Bool { true }

  func write(_ shard: Shard, _ times: Range<Int>, into sums: Matrix) {
    guard isTraining else { return plain.write(shard, times, into: sums) }
    if let bias { broadcast(bias.values.rows(0..<1), into: sums) } else { sums.clear() }
    product.add(input.values(shard, times), product.all, shard, into: sums)
  }

  func write(_ shard: Shard, _ time: Int, plus h: Matrix, times recurrent: PackedMatrix, into sums: Matrix) {
    write(shard, time, into: sums)
    multiply(h, recurrent, into: sums, from: .result)
  }

  func addGradient(_ gradient: Matrix, _ shard: Shard, _ times: Range<Int>) {
    guard isTraining else { return plain.addGradient(gradient, shard, times) }
    product.addGradient(input.values(shard, times), gradient, product.all, shard)
    if let bias { addColumnSums(of: gradient, into: bias.gradient(shard).rows(0..<1)) }
    guard input.hasGradient else { return }
    product.passBack(
      gradient, product.all, shard, adds: addsInputGradient, into: input.gradients(shard, times))
  }
}
