// Activation functions and their derivatives compared with double precision, over all float32 exponents.

import Foundation
import Kernels
import Testing

@Suite struct TranscendentalTests {
  /// Every `step`-th float of both signs, in the order of their bits, up to a magnitude of 100.
  private static func samples(every step: UInt32) -> [Float] {
    var values: [Float] = [0, -0.0, .leastNonzeroMagnitude, 88.8, -88.8, 0.625, -0.625]
    for bits in stride(from: UInt32(0), through: Float(100).bitPattern, by: Int(step)) {
      values += [Float(bitPattern: bits), -Float(bitPattern: bits)]
    }
    return values
  }

  private static func activated(_ values: [Float], _ kind: ActivationKind) -> [Float] {
    let width = 1024
    let rows = (values.count + width - 1) / width
    let buffer = FloatBuffer(rows * width)
    buffer.write(values)
    let matrix = buffer.matrix(rows: rows, columns: width, stride: width)
    activate(matrix, kind, into: matrix)
    return buffer.array(0..<values.count)
  }

  /// The largest error in units in the last place of the exact result.
  private static func error(
    _ kind: ActivationKind, _ values: [Float], _ exact: (Double) -> Double
  ) -> (ulps: Double, at: Float) {
    var worst = (ulps: 0.0, at: Float(0))
    for (x, y) in zip(values, activated(values, kind)) {
      let expected = exact(Double(x))
      let unit = Double(max(Float(expected).ulp, Float.leastNormalMagnitude))
      let error = abs(Double(y) - expected) / unit
      if !(error <= worst.ulps) { worst = (error, x) }
    }
    return worst
  }

  @Test func tanhIsWithinFourULP() {
    let worst = Self.error(.tanh, Self.samples(every: 1009)) { Foundation.tanh($0) }
    #expect(worst.ulps < 4, "at \(worst.at)")
  }

  @Test func sigmoidIsWithinFourULP() {
    let worst = Self.error(.sigmoid, Self.samples(every: 1009).filter { abs($0) < 87 }) {
      1 / (1 + Foundation.exp(-$0))
    }
    #expect(worst.ulps < 4, "at \(worst.at)")
  }

  /// The largest distance from the exact value, in units of 2^-24 of the larger of |value| and 2^-3.
  private static func distance(
    _ kind: ActivationKind, _ values: [Float], _ exact: (Double) -> Double
  ) -> (units: Double, at: Float) {
    var worst = (units: 0.0, at: Float(0))
    for (x, y) in zip(values, activated(values, kind)) {
      let expected = exact(Double(x))
      let units = abs(Double(y) - expected) / max(abs(expected), 0.125) * 16_777_216
      if !(units <= worst.units) { worst = (units, x) }
    }
    return worst
  }

  private static let others: [(ActivationKind, @Sendable (Double) -> Double)] = [
    (.hardSigmoid, { min(max(($0 + 3) / 6, 0), 1) }),
    (.elu, { $0 > 0 ? $0 : Foundation.expm1($0) }),
    (.softplus, { max($0, 0) + Foundation.log1p(Foundation.exp(-abs($0))) }),
    (.softsign, { $0 / (1 + abs($0)) }),
    (.gelu, { $0 * (1 + Foundation.erf($0 / 2.0.squareRoot())) / 2 }),
    (.silu, { $0 / (1 + Foundation.exp(-$0)) }),
  ]

  @Test(arguments: others.indices) func otherFunctionsAreClose(_ number: Int) {
    let (kind, exact) = Self.others[number]
    let worst = Self.distance(kind, Self.samples(every: 1009), exact)
    #expect(worst.units < 8, "\(kind) at \(worst.at)")
  }

  /// The derivative in the backward pass compared with a difference quotient in double precision.
  @Test(arguments: others.indices) func derivativesMatchDifferenceQuotients(_ number: Int) {
    let (kind, exact) = Self.others[number]
    let inputs = (0..<1024).map { Float($0 - 512) / 64 + 0.003 }
    let values = Self.activated(inputs, kind)
    let buffers = [inputs, values, inputs.map { _ in 1 }].map { numbers in
      let buffer = FloatBuffer(1024)
      buffer.write(numbers)
      return buffer
    }
    let matrices = buffers.map { $0.matrix(rows: 1, columns: 1024, stride: 1024) }
    activateBackward(
      outputs: matrices[1], inputs: matrices[0], gradient: matrices[2], kind, into: matrices[2])
    for (x, derivative) in zip(inputs, buffers[2].array) {
      let expected = (exact(Double(x) + 1e-5) - exact(Double(x) - 1e-5)) / 2e-5
      #expect(abs(Double(derivative) - expected) < 1e-6, "\(kind) at \(x)")
    }
  }

  @Test func notANumberIsKept() {
    for kind in ActivationKind.allCases {
      #expect(Self.activated([.nan], kind)[0].isNaN)
    }
    #expect(Self.activated([.infinity, -.infinity], .tanh) == [1, -1])
    #expect(Self.activated([.infinity, -.infinity], .sigmoid) == [1, 0])
  }
}
