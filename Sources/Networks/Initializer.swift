// How weights start: Keras's initialisers (keras/src/initializers/random_initializers.py), drawn from
// counter-based streams, so that a seed gives the same weights on every machine.

import Kernels
import RandomNumbers

/// An initial value of a weight, by Keras's name.
public enum Initializer: Sendable, Equatable {
  case zeros
  case ones
  /// Uniform within the limit that keeps variances equal (Glorot and Bengio 2010).
  case glorotUniform
  /// Random orthogonal (Saxe et al. 2014), of the whole matrix.
  case orthogonal
  /// Uniform in [-limit, limit].
  case uniform(limit: Float)
  /// An LSTM's bias: zeros, and ones for the forget gate (Jozefowicz et al. 2015).
  case unitForgetBias

  /// Values for a weight of `shape`, in C order.
  func values(shape: [Int], from random: inout RandomStream) -> [Float] {
    let count = shape.reduce(1, *)
    switch self {
    case .zeros: return [Float](repeating: 0, count: count)
    case .ones: return [Float](repeating: 1, count: count)
    case .glorotUniform:
      let (inputs, outputs) = fans(shape)
      return uniform(count, limit: (6 / Double(inputs + outputs)).squareRoot(), &random)
    case .uniform(let limit): return uniform(count, limit: Double(limit), &random)
    case .orthogonal:
      let columns = shape.last ?? 1
      let normal = (0..<count).map { _ in random.normal() }
      return orthonormal(normal, rows: count / columns, columns: columns).map(Float.init)
    case .unitForgetBias:
      return (0..<count).map { $0 / (count / 4) == 1 ? 1 : 0 }
    }
  }

  private func uniform(_ count: Int, limit: Double, _ random: inout RandomStream) -> [Float] {
    (0..<count).map { _ in Float((2 * random.uniform() - 1) * limit) }
  }

  /// Keras's fan-in and fan-out of a matrix.
  private func fans(_ shape: [Int]) -> (Int, Int) {
    guard shape.count >= 2 else { return (shape.first ?? 1, shape.first ?? 1) }
    return (shape.dropLast().reduce(1, *), shape[shape.count - 1])
  }
}

extension ParameterStore {
  /// Draws every weight anew; each takes a stream of its own, so a layer's start doesn't depend on others' sizes.
  public func initialize(seed: UInt64) {
    for (number, parameter) in parameters.enumerated() {
      var random = RandomStream(seed: seed, stream: 0x1000 + UInt64(number))
      parameter.assign(parameter.initializer.values(shape: parameter.shape, from: &random))
    }
  }
}
