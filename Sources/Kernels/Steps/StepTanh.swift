// tanh with little latency, for steps of one row, whose time is the length of a chain of dependent operations: a polynomial
// of degree 4 on each of 32 intervals of |x|, whose five coefficients are selected from registers by the last bits of |x| plus
// a large number. The error is at most 7e-7, absolutely, and for |x| below 1/8 relatively; without AVX-512 it is the function
// of Transcendental.swift. With it, s(x) = (1 + tanh(x / 2)) / 2; the half is part of the weights.

import CPUTarget
import Glibc

/// The coefficients, 32 of each power: interval i has the values of |x| that are nearest to i / 4; the last one has the value 1.
final class TanhTable: Sendable {
  /// The table, which is never freed.
  static let shared = TanhTable()

  private let coefficients: FloatBuffer
  /// Where it starts.
  var base: UnsafePointer<Float> { UnsafePointer(coefficients.base) }

  fileprivate static let terms = 5
  /// The last interval.
  fileprivate static let last = 31

  private init() {
    coefficients = FloatBuffer(Self.terms * 32)
    for interval in 0...Self.last {
      for (power, value) in Self.polynomial(interval).enumerated() {
        coefficients[power * 32 + interval] = Float(value)
      }
    }
  }

  private static func polynomial(_ interval: Int) -> [Double] {
    switch interval {
    // tanh(x) / x, so that small numbers keep their precision.
    case 0: return [0] + interpolate(terms - 1, 0, 0.125) { Glibc.tanh($0) / $0 }
    case last: return [1, 0, 0, 0, 0]
    default:
      let middle = Double(interval) / 4
      return interpolate(terms, middle - 0.125, middle + 0.125, Glibc.tanh)
    }
  }

  /// The coefficients of the polynomial with `terms` terms through a function at the Chebyshev nodes of [low, high]: Newton's
  /// divided differences, multiplied out.
  private static func interpolate(
    _ terms: Int, _ low: Double, _ high: Double, _ function: (Double) -> Double
  ) -> [Double] {
    let nodes = (0..<terms).map { (index: Int) -> Double in
      let angle = Double.pi * (Double(index) + 0.5) / Double(terms)
      return (low + high) / 2 + (high - low) / 2 * cos(angle)
    }
    var differences = nodes.map(function)
    for order in 1..<terms {
      for i in stride(from: terms - 1, through: order, by: -1) {
        differences[i] = (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - order])
      }
    }
    var result = [Double](repeating: 0, count: terms)
    for i in stride(from: terms - 1, through: 0, by: -1) {
      for power in stride(from: terms - 1, through: 1, by: -1) {
        result[power] = result[power - 1] - nodes[i] * result[power]
      }
      result[0] = differences[i] - nodes[i] * result[0]
    }
    return result
  }
}

/// tanh(x), with an error of at most 7e-7; NaN stays NaN.
/// - Parameter table: `TanhTable.shared.base`.
@inline(__always)
func stepTanh(_ x: Lanes, _ table: UnsafePointer<Float>) -> Lanes {
  CPU_SELECTS_LANES == 1 ? tableTanh(x, table) : tanh(x)
}

@inline(__always)
private func tableTanh(_ x: Lanes, _ table: UnsafePointer<Float>) -> Lanes {
  let limit = (Float(TanhTable.last) / 4).bitPattern
  let y = Lanes(bits: cpu_at_most(x.bits & 0x7FFF_FFFF, limit))
  // The sum's last bits are the number of the interval: around 3 * 2^20, floats are a quarter apart.
  let numbers = (y + Lanes(repeating: 3_145_728)).bits
  @inline(__always) func term(_ power: Int) -> Lanes {
    cpu_select_lanes((table + power * 32).lanes, (table + power * 32 + 16).lanes, numbers)
  }
  let square = y * y
  let (low, middle) = (term(0).plus(term(1), times: y), term(2).plus(term(3), times: y))
  let value = low.plus(middle.plus(term(4), times: square), times: square)
  return cpu_unless_nan(x, Lanes(bits: value.bits ^ (x.bits & 0x8000_0000)))
}

/// tanh of some numbers, as steps compute it.
package func stepTanh(_ values: [Float]) -> [Float] {
  let buffer = FloatBuffer(paddedWidth(values.count))
  buffer.write(values)
  for index in stride(from: 0, to: values.count, by: 16) {
    (buffer.base + index).lanes = stepTanh(UnsafePointer(buffer.base + index).lanes, TanhTable.shared.base)
  }
  return buffer.array(0..<values.count)
}
