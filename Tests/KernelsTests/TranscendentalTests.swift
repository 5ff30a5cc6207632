// exp, tanh and sigmoid against double precision, over a scan of all float32 exponents.

import Foundation
import Kernels
import Testing

@Suite struct TranscendentalTests {
  /// Every `step`-th float of both signs, by its bits, up to 100 in size.
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
      let truth = exact(Double(x))
      let unit = Double(max(Float(truth).ulp, Float.leastNormalMagnitude))
      let error = abs(Double(y) - truth) / unit
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

  @Test func notANumberStays() {
    for kind in [ActivationKind.tanh, .sigmoid] {
      #expect(Self.activated([.nan], kind)[0].isNaN)
    }
    #expect(Self.activated([.infinity, -.infinity], .tanh) == [1, -1])
    #expect(Self.activated([.infinity, -.infinity], .sigmoid) == [1, 0])
  }
}
