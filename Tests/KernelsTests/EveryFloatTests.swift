// exp, tanh and sigmoid compared with double precision on float32 numbers of all exponents: on every 4,099th of
// them, or on all 2^32, which takes a few minutes on all cores:
//
//     RNN_LONG_TESTS=1 swift test -c release --filter EveryFloatTests

import Dispatch
import Foundation
import Kernels
import Synchronization
import Testing

@Suite struct EveryFloatTests {
  @Test func exponential() {
    Scan(exponentiate(_:into:)) { Foundation.exp($0) }.expectFourULP()
  }

  @Test func sigmoid() {
    Scan({ activate($0, .sigmoid, into: $1) }) { 1 / (1 + Foundation.exp(-$0)) }.expectFourULP()
  }

  @Test func tanh() {
    Scan({ activate($0, .tanh, into: $1) }, Self.exactTanh).expectFourULP()
  }

  /// tanh to at least 40 bits, in a third of the C library's time.
  private static func exactTanh(_ x: Double) -> Double {
    let size = abs(x)
    if size < 0x1p-12 { return x - x * x * x / 3 }
    let value = 1 - 2 / (Foundation.exp(2 * size) + 1)
    return x < 0 ? -value : value
  }
}

/// Compares a kernel with a function in double precision.
private struct Scan: Sendable {
  typealias Kernel = @Sendable (Matrix, Matrix) -> Void

  /// The worst input seen so far.
  struct Worst: Sendable {
    var ulps = 0.0
    var input: Float = 0
    var wrong: [Float] = []

    mutating func add(_ other: Worst) {
      if other.ulps > ulps { (ulps, input) = (other.ulps, other.input) }
      if wrong.count < 10 { wrong += other.wrong }
    }
  }

  private static let isLong = ProcessInfo.processInfo.environment["RNN_LONG_TESTS"] == "1"
  private static let step = isLong ? 1 : 4_099
  private static let blockSize = 1 << 14
  private let kernel: Kernel
  private let exact: @Sendable (Double) -> Double

  init(_ kernel: @escaping Kernel, _ exact: @escaping @Sendable (Double) -> Double) {
    self.kernel = kernel
    self.exact = exact
  }

  func expectFourULP() {
    let worst = Mutex(Worst())
    let stride = Self.blockSize * Self.step
    DispatchQueue.concurrentPerform(iterations: (1 << 32) / stride + 1) { block in
      let found = scan(from: block * stride)
      worst.withLock { $0.add(found) }
    }
    let result = worst.withLock { $0 }
    print("largest error \(result.ulps) ULP, at \(result.input)")
    #expect(result.ulps <= 4, "at \(result.input)")
    #expect(result.wrong.isEmpty)
  }

  /// The worst of a block of floats, starting with the float that has these bits.
  private func scan(from first: Int) -> Worst {
    let inputs = (0..<Self.blockSize).map { number in
      Float(bitPattern: UInt32(truncatingIfNeeded: first + number * Self.step))
    }
    let buffer = FloatBuffer(inputs.count)
    buffer.write(inputs)
    let matrix = buffer.matrix(rows: 1, columns: inputs.count, stride: inputs.count)
    kernel(matrix, matrix)
    var worst = Worst()
    for (x, y) in zip(inputs, buffer.array(0..<inputs.count)) { compare(x, y, &worst) }
    return worst
  }

  private func compare(_ x: Float, _ y: Float, _ worst: inout Worst) {
    let expected = exact(Double(x))
    let rounded = Float(expected)
    if rounded.isNaN || rounded.isInfinite {
      if y.isNaN != rounded.isNaN || !rounded.isNaN && y != rounded { worst.wrong.append(x) }
    } else if y.isNaN {
      worst.wrong.append(x)
    } else if abs(expected) < Double(Float.leastNormalMagnitude) {
      // A subnormal result may be 0.
      if y != 0 && abs(Double(y) - expected) > 4 * Double(rounded.ulp) { worst.wrong.append(x) }
    } else {
      let ulps = abs(Double(y) - expected) / Double(rounded.ulp)
      if ulps > worst.ulps { (worst.ulps, worst.input) = (ulps, x) }
    }
  }
}
