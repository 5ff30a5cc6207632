// The memory that networks compute in: aligned, of fixed size, allocated once and never moved, so that a
// training step allocates nothing. Only the files in this directory use pointers.

/// A fixed-size block of numbers, aligned to a cache line and initialized.
///
/// Shared between threads without locks: the code that divides the work must give each worker separate rows.
public final class Buffer<Scalar: BitwiseCopyable & Sendable>: @unchecked Sendable {
  /// How many numbers the buffer holds.
  public let count: Int
  @usableFromInline let base: UnsafeMutablePointer<Scalar>

  private let memory: BufferMemory

  /// - Parameter zero: the initial value of every element.
  public init(count: Int, zero: Scalar) {
    self.count = count
    let capacity = max(count, 16)
    memory = BufferMemory(bytes: capacity * MemoryLayout<Scalar>.stride)
    base = memory.start.bindMemory(to: Scalar.self, capacity: capacity)
    if !memory.isZero || !isZero(zero) { base.initialize(repeating: zero, count: capacity) }
  }

  /// Element `index`.
  @inlinable public subscript(index: Int) -> Scalar {
    get {
      precondition(index >= 0 && index < count, "index outside the buffer")
      return base[index]
    }
    set {
      precondition(index >= 0 && index < count, "index outside the buffer")
      base[index] = newValue
    }
  }

  /// Copies `values` to the elements starting at `start`.
  public func write(_ values: ArraySlice<Scalar>, at start: Int = 0) {
    precondition(start >= 0 && start + values.count <= count, "values outside the buffer")
    values.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      (base + start).update(from: first, count: source.count)
    }
  }

  /// Copies all of `values` to the elements starting at `start`.
  public func write(_ values: [Scalar], at start: Int = 0) { write(values[...], at: start) }

  /// A copy of the elements in `range`.
  public func array(_ range: Range<Int>) -> [Scalar] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the buffer")
    return Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// A copy of all elements.
  public var array: [Scalar] { array(0..<count) }

  /// Calls `body` with the address of the elements, for a C function that copies them.
  package func withAddress<Result>(_ body: (UnsafeMutableRawPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeMutableRawPointer(base))
  }

  /// Copies all elements from a buffer of the same size.
  public func copy(_ other: Buffer<Scalar>) {
    precondition(count == other.count, "buffers of different sizes")
    base.update(from: other.base, count: count)
  }

  /// Sets the elements in `range` to `value`.
  public func fill(_ value: Scalar, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the buffer")
    (base + range.lowerBound).update(repeating: value, count: range.count)
  }
}

extension Buffer<Float> {
  /// Whether none of the numbers is NaN or infinite. Bits are compared rather than numbers, which vectorizes.
  public var areAllFinite: Bool {
    let exponent: UInt32 = 0x7F80_0000
    var found: UInt32 = 0
    for index in 0..<count { found |= base[index].bitPattern & exponent == exponent ? 1 : 0 }
    return found == 0
  }
}

/// Whether all bytes of a value are zero.
private func isZero<Scalar: BitwiseCopyable>(_ value: Scalar) -> Bool {
  withUnsafeBytes(of: value) { bytes in bytes.allSatisfy { $0 == 0 } }
}

/// Single-precision numbers: activations, weights, gradients.
public typealias FloatBuffer = Buffer<Float>
/// Token ids and row numbers.
public typealias IndexBuffer = Buffer<Int32>

extension Buffer where Scalar == Float {
  /// `count` zeros.
  public convenience init(_ count: Int) { self.init(count: count, zero: 0) }

  /// A matrix view of this buffer's elements: rows of `stride` floats starting at `offset`, of which the first
  /// `columns` are used. Kernels read and write whole vectors of 16, so the stride is a multiple of 16.
  public func matrix(at offset: Int = 0, rows: Int, columns: Int, stride: Int) -> Matrix {
    precondition(offset >= 0 && rows >= 0 && columns <= stride, "matrix outside the buffer")
    precondition(offset + rows * stride <= count, "matrix outside the buffer")
    return Matrix(base: base + offset, rows: rows, columns: columns, stride: stride)
  }

  /// Copies rows of row-major `values` [.., steps, width], step by step: step t of `rows[i]` goes to
  /// `offset + (t * rows.count + i) * stride`.
  ///
  /// The steps of one row are often a power of two apart and would evict each other from the cache, so the
  /// inner loop runs over rows.
  public func write(
    rows: ArraySlice<Int>, steps: Int, width: Int, of values: [Float], at offset: Int, stride: Int
  ) {
    let size = steps * width
    precondition(
      rows.allSatisfy { $0 >= 0 && ($0 + 1) * size <= values.count }, "rows outside the array")
    precondition(
      offset >= 0 && stride >= width && offset + steps * rows.count * stride <= count,
      "rows outside the buffer")
    values.withUnsafeBufferPointer { source in
      rows.withUnsafeBufferPointer { rows in
        if width == 1 {
          writeScalars(rows, steps, source, base + offset, stride)
        } else {
          writeGroups(rows, steps, width, source, base + offset, stride)
        }
      }
    }
  }

  private func writeGroups(
    _ rows: UnsafeBufferPointer<Int>, _ steps: Int, _ width: Int, _ source: UnsafeBufferPointer<Float>,
    _ target: UnsafeMutablePointer<Float>, _ stride: Int
  ) {
    var target = target
    for step in 0..<steps {
      for row in rows {
        let start = (row * steps + step) * width
        for column in 0..<width { target[column] = source[start + column] }
        target += stride
      }
    }
  }

  /// The most common width, 1: the loop over the width would be compiled to a function call for each number.
  private func writeScalars(
    _ rows: UnsafeBufferPointer<Int>, _ steps: Int, _ source: UnsafeBufferPointer<Float>,
    _ target: UnsafeMutablePointer<Float>, _ stride: Int
  ) {
    var target = target
    for step in 0..<steps {
      for row in rows {
        target.pointee = source[row * steps + step]
        target += stride
      }
    }
  }

  /// Copies `groups` groups of `width` elements, which start at `offset` with a stride of `stride`, into `values`,
  /// where they start at `start` with a stride of `pitch`.
  public func read(
    groups: Int, width: Int, at offset: Int, stride: Int, into values: inout [Float], at start: Int,
    pitch: Int
  ) {
    guard groups > 0 else { return }
    precondition(
      offset >= 0 && stride >= width && offset + (groups - 1) * stride + width <= count,
      "groups outside the buffer")
    precondition(
      start >= 0 && pitch >= width && start + (groups - 1) * pitch + width <= values.count,
      "groups outside the array")
    values.withUnsafeMutableBufferPointer { target in
      for group in 0..<groups {
        for column in 0..<width {
          target[start + group * pitch + column] = base[offset + group * stride + column]
        }
      }
    }
  }
}

extension Buffer where Scalar == Int32 {
  /// `count` zeros.
  public convenience init(_ count: Int) { self.init(count: count, zero: 0) }
}
