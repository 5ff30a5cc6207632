// Initializers by their definitions and moments: the distributions are Keras's, the random numbers are not.

import Networks
import Testing

@Suite struct InitializerTests {
  /// A kernel [300, 200] of 60,000 numbers.
  private static func kernel(_ initializer: String) throws -> [Float] {
    try weight("dense(200,kernel_initializer=\(initializer))", "dense.kernel")
  }

  private static func weight(_ layers: String, _ name: String, width: Int = 300) throws -> [Float] {
    let architecture = try Architecture(
      layers: LayerSpec.parse(layers), input: .sequence(steps: 1, width: width))
    let network = try Network(architecture, rows: 1, workers: 1, isTraining: false)
    try network.store.initialize(seed: 7)
    return try #require(network.parameter(name)).array
  }

  /// The mean and the standard deviation.
  private static func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0) { $0 + Double($1) } / count
    let square = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, (square / count).squareRoot())
  }

  /// Deviations according to keras/src/initializers/random_initializers.py: VarianceScaling's normal has the
  /// requested deviation, since it is widened before truncation; TruncatedNormal's is smaller after truncation.
  @Test(
    arguments: [
      ("glorot_uniform", 0, (2.0 / 500).squareRoot(), (6.0 / 500).squareRoot()),
      ("he_uniform", 0, (2.0 / 300).squareRoot(), (6.0 / 300).squareRoot()),
      ("lecun_uniform", 0, (1.0 / 300).squareRoot(), (3.0 / 300).squareRoot()),
      ("glorot_normal", 0, (2.0 / 500).squareRoot(), 2 * (2.0 / 500).squareRoot() / 0.8796256610342398),
      ("he_normal", 0, (2.0 / 300).squareRoot(), 2 * (2.0 / 300).squareRoot() / 0.8796256610342398),
      ("lecun_normal", 0, (1.0 / 300).squareRoot(), 2 * (1.0 / 300).squareRoot() / 0.8796256610342398),
      ("random_uniform", 0, 0.05 / 3.0.squareRoot(), 0.05),
      ("random_uniform(1,3)", 2, 1 / 3.0.squareRoot(), 1),
      ("random_normal", 0, 0.05, 0.3), ("random_normal(1,0.5)", 1, 0.5, 3),
      ("truncated_normal", 0, 0.05 * 0.8796256610342398, 0.1),
      ("truncated_normal(mean=2,stddev=0.5)", 2, 0.5 * 0.8796256610342398, 1),
    ] as [(String, Double, Double, Double)])
  func distributions(_ initializer: String, _ mean: Double, _ deviation: Double, _ reach: Double) throws {
    let values = try Self.kernel(initializer)
    let found = Self.moments(values)
    // Four standard errors of 60,000 numbers.
    #expect(abs(found.mean - mean) < 4 * deviation / 60_000.0.squareRoot())
    #expect(abs(found.deviation / deviation - 1) < 0.015)
    let farthest = values.map { abs(Double($0) - mean) }.max() ?? 0
    #expect(farthest <= reach * 1.000001 && farthest > 0.8 * min(reach, 4 * deviation))
  }

  @Test func constants() throws {
    #expect(try Self.kernel("zeros").allSatisfy { $0 == 0 })
    #expect(try Self.kernel("ones").allSatisfy { $0 == 1 })
    #expect(try Self.kernel("constant(-0.25)").allSatisfy { $0 == -0.25 })
    #expect(try Self.kernel("constant").allSatisfy { $0 == 0 })
  }

  @Test func identity() throws {
    let values = try Self.weight("dense(3,kernel_initializer=identity(0.5))", "dense.kernel", width: 2)
    #expect(values == [0.5, 0, 0, 0, 0.5, 0])
  }

  @Test func orthogonal() throws {
    let values = try Self.weight("lstm(5,recurrent_initializer=orthogonal(2))", "lstm.recurrent_kernel")
    for first in 0..<5 {
      for second in 0..<5 {
        let product = (0..<20).reduce(0) { $0 + Double(values[first * 20 + $1] * values[second * 20 + $1]) }
        #expect(abs(product - (first == second ? 4 : 0)) < 1e-5)
      }
    }
  }

  @Test(
    arguments: [
      ("lstm(2)", [0, 0, 1, 1, 0, 0, 0, 0]), ("lstm(2,unit_forget_bias=false)", [0, 0, 0, 0, 0, 0, 0, 0]),
      ("lstm(2,bias_initializer=constant(0.5))", [0.5, 0.5, 1, 1, 0.5, 0.5, 0.5, 0.5]),
      ("lstm(2,bias_initializer=ones,unit_forget_bias=false)", [1, 1, 1, 1, 1, 1, 1, 1]),
    ] as [(String, [Float])])
  func forgetGates(_ layer: String, _ bias: [Float]) throws {
    #expect(try Self.weight(layer, "lstm.bias", width: 1) == bias)
  }

  /// For Keras, both fans of a bias are its length: glorot's limit is the root of 6 / 2n.
  @Test func fansOfABias() throws {
    let values = try Self.weight("dense(3000,bias_initializer=glorot_uniform)", "dense.bias", width: 1)
    #expect(abs(Self.moments(values).deviation / (1.0 / 3000).squareRoot() - 1) < 0.05)
  }
}
