// The products of one row with packed weights, for steps of one row: sums of T vectors of 16 columns stay in registers while
// a row's numbers pass by, and weights are read in the order in which they lie in memory. Sums are divided into C chains,
// so that enough of them are independent of each other.
//
// Bytes: a number v with |v| <= bound is the level n = round(v L / bound), L at most 32767, stored as n + 32768 in two planes
// of unsigned bytes, the upper ones and the lower ones. With weights w of -127 to 127,
//
//   sum n w = 256 sum upper w + sum lower w - 32768 sum w,
//
// which is exact in 32 bits, since L is so small that it is at most 2^31 - 1; what wraps around on the way comes back.
// The error of a number is half a level, 1.5e-5 of the bound.

import CPUTarget

/// A row of numbers, in up to two forms.
struct StepVector: BitwiseCopyable {
  var floats: UnsafeMutablePointer<Float>
  /// The upper and lower bytes of their levels.
  var upper: UnsafeMutablePointer<UInt8>
  /// See `upper`.
  var lower: UnsafeMutablePointer<UInt8>

  /// Writes 16 numbers.
  /// - Parameter levels: levels of 1; 0 if levels aren't read.
  @inline(__always)
  func store(_ values: Lanes, at index: Int, levels: Float) {
    (floats + index).lanes = values
    if levels > 0 {
      // The sum's last bits are the level: the float has one unit for each.
      let level = Lanes(repeating: 12_582_912 + 32768).plus(values, times: Lanes(repeating: levels)).bits
      store(cpu_lowest_bytes(level &>> 8), upper + index)
      store(cpu_lowest_bytes(level), lower + index)
    }
  }

  @inline(__always)
  private func store(_ bytes: SIMD16<UInt8>, _ target: UnsafeMutablePointer<UInt8>) {
    UnsafeMutableRawPointer(target).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
  }
}

/// Packed weights: tiles of T vectors of columns, each with all rows.
enum StepWeights: BitwiseCopyable {
  /// `[tile][row][vector][16]`.
  case floats(UnsafePointer<Float>, depth: Int)
  case bytes(StepBytes)
}

/// Packed weights as bytes.
struct StepBytes: BitwiseCopyable {
  /// The groups of four rows.
  let depth: Int
  /// `[tile][four rows][vector][16][4]`.
  let values: UnsafePointer<Int8>
  /// The first values of the sums, -32768 times the sum of the weights, for each column.
  let starts: UnsafePointer<Int32>
  /// What sums are multiplied by, for each column.
  let factors: UnsafePointer<Float>
}

/// Adds the products of a row with T vectors of columns, from number `first` on, to their sums.
@inline(__always)
func addProducts<let T: Int, let C: Int>(
  _ sums: inout InlineArray<T, Lanes>, _ chains: Count<C>.Type, _ row: StepVector, _ weights: StepWeights,
  _ first: Int
) {
  switch weights {
  case .floats(let values, let depth):
    addFloatProducts(&sums, chains, UnsafePointer(row.floats), values + first * 16 * depth, depth)
  case .bytes(let bytes): addByteProducts(&sums, chains, row, bytes, first)
  }
}

@inline(__always)
private func addFloatProducts<let T: Int, let C: Int>(
  _ sums: inout InlineArray<T, Lanes>, _: Count<C>.Type, _ row: UnsafePointer<Float>,
  _ weights: UnsafePointer<Float>,
  _ depth: Int
) {
  var parts = InlineArray<C, InlineArray<T, Lanes>>(repeating: InlineArray(repeating: Lanes(repeating: 0)))
  parts[0] = sums
  var (k, weights) = (0, weights)
  while k + C <= depth {
    for c in 0..<C {
      let value = Lanes(repeating: row[k + c])
      for t in 0..<T { parts[c][t] = parts[c][t].plus(value, times: (weights + (c * T + t) * 16).lanes) }
    }
    weights += C * T * 16
    k += C
  }
  while k < depth {
    let value = Lanes(repeating: row[k])
    for t in 0..<T { parts[0][t] = parts[0][t].plus(value, times: (weights + t * 16).lanes) }
    weights += T * 16
    k += 1
  }
  sums = parts[0]
  for c in 1..<C { for t in 0..<T { sums[t] += parts[c][t] } }
}

@inline(__always)
private func addByteProducts<let T: Int, let C: Int>(
  _ sums: inout InlineArray<T, Lanes>, _: Count<C>.Type, _ row: StepVector, _ weights: StepBytes,
  _ first: Int
) {
  typealias Integers = InlineArray<T, SIMD16<Int32>>
  let zeros = Integers(repeating: SIMD16<Int32>(repeating: 0))
  var upper = InlineArray<C, Integers>(repeating: zeros)
  var lower = upper
  let starts = UnsafeRawPointer(weights.starts + first * 16)
  for t in 0..<T { lower[0][t] = starts.loadUnaligned(fromByteOffset: t * 64, as: SIMD16<Int32>.self) }
  var bytes = UnsafeRawPointer(weights.values + first * 64 * weights.depth)
  let (rowUpper, rowLower) = (UnsafeRawPointer(row.upper), UnsafeRawPointer(row.lower))
  var k = 0
  while k + C <= weights.depth {
    for c in 0..<C {
      let (high, low) = (rowUpper.four(k + c), rowLower.four(k + c))
      for t in 0..<T {
        let vector = bytes.loadUnaligned(fromByteOffset: (c * T + t) * 64, as: SIMD64<Int8>.self)
        upper[c][t] = cpu_add_byte_products(upper[c][t], vector, high)
        lower[c][t] = cpu_add_byte_products(lower[c][t], vector, low)
      }
    }
    bytes += C * T * 64
    k += C
  }
  while k < weights.depth {
    let (high, low) = (rowUpper.four(k), rowLower.four(k))
    for t in 0..<T {
      let vector = bytes.loadUnaligned(fromByteOffset: t * 64, as: SIMD64<Int8>.self)
      upper[0][t] = cpu_add_byte_products(upper[0][t], vector, high)
      lower[0][t] = cpu_add_byte_products(lower[0][t], vector, low)
    }
    bytes += T * 64
    k += 1
  }
  for t in 0..<T {
    var (high, low) = (upper[0][t], lower[0][t])
    for c in 1..<C {
      high &+= upper[c][t]
      low &+= lower[c][t]
    }
    let factor = (weights.factors + (first + t) * 16).lanes
    sums[t] = sums[t].plus(cpu_floats(low &+ high &<< 8), times: factor)
  }
}

extension UnsafeRawPointer {
  /// Bytes 4 k to 4 k + 3.
  @inline(__always)
  fileprivate func four(_ k: Int) -> Int32 { load(fromByteOffset: 4 * k, as: Int32.self) }
}
