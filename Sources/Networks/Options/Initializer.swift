// Keras's weight initializers (keras/src/initializers), drawn from counter-based streams, so that
// a seed gives the same weights on every machine. The random streams are not Keras's; the distributions are.

import Failures
import Kernels
import RandomNumbers

/// An initializer of a weight, as in Keras.
public indirect enum Initializer: Sendable, Equatable {
  case zeros
  case ones
  /// One value everywhere.
  case constant(Float)
  /// `gain` on the diagonal of a matrix, zeros elsewhere.
  case identity(gain: Float)
  /// `gain` times a random orthogonal matrix (Saxe et al. 2014), of the whole weight.
  case orthogonal(gain: Float)
  /// Uniform in [low, high).
  case uniform(low: Float, high: Float)
  /// Normal.
  case normal(mean: Float, deviation: Float)
  /// Normal, with values beyond two standard deviations redrawn.
  case truncatedNormal(mean: Float, deviation: Float)
  /// With a variance that depends on the weight's shape.
  case scaled(VarianceScale, ScaledShape)
  /// An LSTM's bias: ones for the forget gate (Jozefowicz et al. 2015), another initializer for the others.
  case forgetGateOnes(others: Initializer)

  /// Keras's default for kernels.
  public static let glorotUniform = Initializer.scaled(.glorot, .uniform)
  /// Keras's default for recurrent kernels.
  public static let orthogonal = Initializer.orthogonal(gain: 1)

  /// Scales that keep the variance equal from layer to layer.
  public enum VarianceScale: String, Sendable, CaseIterable {
    /// 2 / (fan_in + fan_out) (Glorot and Bengio 2010).
    case glorot
    /// 2 / fan_in (He et al. 2015).
    case he
    /// 1 / fan_in (LeCun et al. 1998).
    case lecun

    func variance(inputs: Int, outputs: Int) -> Double {
      switch self {
      case .glorot: 2 / Double(max(1, inputs + outputs))
      case .he: 2 / Double(max(1, inputs))
      case .lecun: 1 / Double(max(1, inputs))
      }
    }
  }

  /// The distribution with that variance.
  public enum ScaledShape: String, Sendable, CaseIterable {
    case uniform
    /// Truncated at two standard deviations of the underlying normal distribution.
    case normal
  }

  /// The deviation of a standard normal truncated at two deviations (scipy's truncnorm.std(-2, 2), as in Keras).
  static let truncatedDeviation = 0.87962566103423978

  /// Values for a weight of `shape`, in C order.
  func values(shape: [Int], from random: inout RandomStream) -> [Float] {
    let count = shape.reduce(1, *)
    switch self {
    case .zeros: return [Float](repeating: 0, count: count)
    case .ones: return [Float](repeating: 1, count: count)
    case .constant(let value): return [Float](repeating: value, count: count)
    case .identity(let gain):
      let columns = shape.last ?? 1
      return (0..<count).map { $0 / columns == $0 % columns ? gain : 0 }
    case .orthogonal(let gain): return orthogonal(shape, gain, &random)
    case .uniform(let low, let high):
      let (start, width) = (Double(low), Double(high) - Double(low))
      return (0..<count).map { _ in Float(start + width * random.uniform()) }
    case .normal(let mean, let deviation):
      return (0..<count).map { _ in Float(Double(mean) + Double(deviation) * random.normal()) }
    case .truncatedNormal(let mean, let deviation):
      return (0..<count).map { _ in Float(Double(mean) + Double(deviation) * random.truncatedNormal()) }
    case .scaled(let scale, let distribution):
      let (inputs, outputs) = Self.fans(shape)
      return scaled(count, scale.variance(inputs: inputs, outputs: outputs), distribution, &random)
    case .forgetGateOnes(let others):
      let quarter = count / 4
      return others.values(shape: [quarter], from: &random) + [Float](repeating: 1, count: quarter)
        + others.values(shape: [2 * quarter], from: &random)
    }
  }

  /// Whether LAPACK is needed.
  fileprivate var isOrthogonal: Bool {
    switch self {
    case .orthogonal: true
    case .forgetGateOnes(let others): others.isOrthogonal
    default: false
    }
  }

  private func orthogonal(_ shape: [Int], _ gain: Float, _ random: inout RandomStream) -> [Float] {
    let columns = shape.last ?? 1
    let count = shape.reduce(1, *)
    let normal = (0..<count).map { _ in random.normal() }
    let values = orthonormal(normal, rows: count / columns, columns: columns)
    return values.map { gain * Float($0) }
  }

  private func scaled(
    _ count: Int, _ variance: Double, _ distribution: ScaledShape, _ random: inout RandomStream
  ) -> [Float] {
    switch distribution {
    case .uniform:
      let limit = (3 * variance).squareRoot()
      return (0..<count).map { _ in Float((2 * random.uniform() - 1) * limit) }
    case .normal:
      let deviation = variance.squareRoot() / Self.truncatedDeviation
      return (0..<count).map { _ in Float(deviation * random.truncatedNormal()) }
    }
  }

  /// Keras's fan-in and fan-out of a matrix, or of one for each step of a window.
  private static func fans(_ shape: [Int]) -> (Int, Int) {
    guard shape.count >= 2 else { return (shape.first ?? 1, shape.first ?? 1) }
    return (shape.dropLast().reduce(1, *), shape.dropLast(2).reduce(1, *) * shape[shape.count - 1])
  }
}

extension ParameterStore {
  /// Initializes every weight; each has its own random stream, so it doesn't depend on the sizes of others.
  ///
  /// - Throws: `Failure` (unavailable) if a weight is to be orthogonal and OpenBLAS can't be loaded.
  public func initialize(seed: UInt64) throws(Failure) {
    if parameters.contains(where: \.initializer.isOrthogonal), let problem = linearAlgebraProblem() {
      throw Failure.library(
        "OpenBLAS, which makes recurrent weights orthogonal,", reason: problem,
        remedy: "install it: make deps in the project's folder")
    }
    for (number, parameter) in parameters.enumerated() {
      var random = RandomStream(seed: seed, stream: 0x1000 + UInt64(number))
      parameter.assign(parameter.initializer.values(shape: parameter.shape, from: &random))
    }
  }
}
