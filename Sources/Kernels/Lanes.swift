// The vector that all kernels are written in: 16 floats, one AVX-512 register, two of AVX2, four of NEON.

import CPUTarget

typealias Lanes = SIMD16<Float>

extension UnsafePointer<Float> {
  @inline(__always) var lanes: Lanes { UnsafeRawPointer(self).loadUnaligned(as: Lanes.self) }
}

extension UnsafeMutablePointer<Float> {
  @inline(__always) var lanes: Lanes {
    get { UnsafeRawPointer(self).loadUnaligned(as: Lanes.self) }
    nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: Lanes.self) }
  }
}

/// The vectors of a product's tile: whole ones, or halves at the right edge.
protocol TileVector: SIMD, BitwiseCopyable where Scalar == Float {
  /// The first lanes, as many as fit.
  init(first lanes: Lanes)
}

extension SIMD16<Float>: TileVector {
  @inline(__always) init(first lanes: Lanes) { self = lanes }
}

extension SIMD8<Float>: TileVector {
  @inline(__always) init(first lanes: Lanes) { self = lanes.lowHalf }
}

extension UnsafePointer<Float> {
  /// The vector starting here.
  @inline(__always) func vector<Vector: TileVector>(_: Vector.Type) -> Vector {
    UnsafeRawPointer(self).loadUnaligned(as: Vector.self)
  }
}

extension UnsafeMutablePointer<Float> {
  /// Writes a vector here.
  @inline(__always) func store<Vector: TileVector>(_ vector: Vector) {
    UnsafeMutableRawPointer(self).storeBytes(of: vector, as: Vector.self)
  }
}

extension SIMD where Scalar: FloatingPoint {
  /// `self += a * b` in a sum of many products, with a single rounding if the CPU target has an instruction for it.
  @inline(__always) mutating func accumulate(_ a: Self, times b: Self) {
    if KERNEL_FUSES != 0 { addProduct(a, b) } else { self += a * b }
  }
}

extension Lanes {
  /// `self + a * b` with a single rounding.
  @inline(__always) func plus(_ a: Lanes, times b: Lanes) -> Lanes { cpu_fused_multiply_add(a, b, self) }

  /// The first `count` lanes of `self`, zeros in the others.
  @inline(__always) func first(_ count: Int) -> Lanes {
    guard count < 16 else { return self }
    let indices = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    return Lanes(repeating: 0).replacing(with: self, where: indices .< Int32(count))
  }

  /// The bits of the lanes.
  @inline(__always) var bits: SIMD16<UInt32> { unsafeBitCast(self, to: SIMD16<UInt32>.self) }

  @inline(__always) init(bits: SIMD16<UInt32>) { self = unsafeBitCast(bits, to: Lanes.self) }
}

/// Calls `body` with the first column of each vector in a row segment of `width` columns.
///
/// If the width is not a multiple of 16, the last vector overlaps the one before it, so that no lane is outside
/// the segment: this requires that no input is overwritten by a result. A width below 16 gets one vector, whose
/// remaining lanes are padding.
@inline(__always)
func forEachVector(of width: Int, _ body: (Int) -> Void) {
  var column = 0
  while column + 16 <= width {
    body(column)
    column += 16
  }
  if column < width { body(Swift.max(0, width - 16)) }
}

/// The offset of the vector starting at unit j in a row that keeps `count` numbers of each unit for the backward pass,
/// 16 units at a time, so that memory is accessed sequentially. The last vector may start at any unit.
@inline(__always)
func keptOffset(_ j: Int, _ count: Int) -> Int { (j + 15) / 16 * 16 * count }
