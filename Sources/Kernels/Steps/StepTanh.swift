// tanh with little latency, for steps of one row, whose time is the length of a chain of dependent operations: a polynomial
// of degree 5 on each of 29 intervals of |x|, whose six coefficients are selected from registers by the exponent and the
// first two bits of the mantissa. The error is at most 7e-7, absolutely; without AVX-512 it is the function of
// Transcendental.swift. With it, s(x) = (1 + tanh(x / 2)) / 2; the half is part of the weights.

import CPUTarget
import Glibc

/// The coefficients, 32 of each power: interval 0 is |x| below 1/16, then come four intervals for each power of two, and all
/// above 8 has the value 1.
final class TanhTable: Sendable {
  /// The table, which is never freed.
  static let shared = TanhTable()

  private let coefficients: FloatBuffer
  /// Where it starts.
  var base: UnsafePointer<Float> { UnsafePointer(coefficients.base) }

  fileprivate static let terms = 6
  fileprivate static let intervals = 30
  /// The bits of 1/16 that select an interval, less 1.
  fileprivate static let firstBits: UInt32 = (Float(1.0 / 16).bitPattern >> 21) - 1

  private init() {
    coefficients = FloatBuffer(Self.terms * 32)
    for interval in 0..<Self.intervals {
      // The lowest five bits of what selects it.
      let place = (interval + Int(Self.firstBits)) % 32
      for (power, value) in Self.polynomial(interval).enumerated() {
        coefficients[power * 32 + place] = Float(value)
      }
    }
  }

  private static func polynomial(_ interval: Int) -> [Double] {
    switch interval {
    case 0:
      // Odd: between two values that differ in sign alone, the even powers vanish.
      return interpolate(-0.0625, 0.0625).enumerated().map { $0.offset % 2 == 0 ? 0 : $0.element }
    case intervals - 1: return [1, 0, 0, 0, 0, 0]
    default: return interpolate(start(interval), start(interval + 1))
    }
  }

  /// The least |x| of an interval.
  private static func start(_ interval: Int) -> Double {
    exp2(Double((interval - 1) / 4 - 4)) * (1 + Double((interval - 1) % 4) / 4)
  }

  /// The coefficients of the polynomial through tanh at the Chebyshev nodes of [low, high]: Newton's divided differences,
  /// multiplied out.
  private static func interpolate(_ low: Double, _ high: Double) -> [Double] {
    let nodes = (0..<terms).map { (index: Int) -> Double in
      let angle = Double.pi * (Double(index) + 0.5) / Double(terms)
      return (low + high) / 2 + (high - low) / 2 * cos(angle)
    }
    var differences = nodes.map { Glibc.tanh($0) }
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
  let size = x.bits & 0x7FFF_FFFF
  let first = TanhTable.firstBits
  let numbers = cpu_limit(size &>> 21, first, first + UInt32(TanhTable.intervals) - 1)
  // An infinity would be multiplied by 0.
  let y = cpu_clamp(Lanes(bits: size), Lanes(repeating: 0), Lanes(repeating: 9))
  @inline(__always) func term(_ power: Int) -> Lanes {
    cpu_select_lanes((table + power * 32).lanes, (table + power * 32 + 16).lanes, numbers)
  }
  let square = y * y
  let (low, middle) = (term(0).plus(term(1), times: y), term(2).plus(term(3), times: y))
  let high = term(4).plus(term(5), times: y)
  let value = low.plus(middle.plus(high, times: square), times: square)
  return Lanes(bits: value.bits ^ (x.bits & 0x8000_0000))
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
