// Memory that networks compute in: aligned, of fixed size, allocated once and never moved, so that a
// training step allocates nothing. This file and its neighbours are the only ones that touch pointers.

import CPUTarget

/// The size of a large page on most CPUs. A walk through megabytes by small pages looks up an address every
/// 4 KB, which costs training some 3 %.
private let largePage = 2 << 20

/// A fixed block of numbers, aligned to a cache line and set from the start.
///
/// Shared between threads without locks: whoever divides the work gives each worker rows of its own.
public final class Buffer<Scalar: BitwiseCopyable & Sendable>: @unchecked Sendable {
  /// How many numbers the buffer holds.
  public let count: Int
  @usableFromInline let base: UnsafeMutablePointer<Scalar>

  /// - Parameter zero: the value that every element starts with.
  public init(count: Int, zero: Scalar) {
    self.count = count
    let bytes = max(count, 16) * MemoryLayout<Scalar>.stride
    let isLarge = bytes >= largePage
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? largePage : 64)
    if isLarge { cpu_prefer_large_pages(memory, bytes) }
    base = memory.bindMemory(to: Scalar.self, capacity: max(count, 16))
    base.initialize(repeating: zero, count: max(count, 16))
  }

  deinit { base.deallocate() }

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

  /// Copies `values` to the elements from `start` on.
  public func write(_ values: ArraySlice<Scalar>, at start: Int = 0) {
    precondition(start >= 0 && start + values.count <= count, "values outside the buffer")
    values.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      (base + start).update(from: first, count: source.count)
    }
  }

  /// Copies all of `values` to the elements from `start` on.
  public func write(_ values: [Scalar], at start: Int = 0) { write(values[...], at: start) }

  /// The elements of `range`, copied.
  public func array(_ range: Range<Int>) -> [Scalar] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the buffer")
    return Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// All elements, copied.
  public var array: [Scalar] { array(0..<count) }

  /// Copies all elements of a buffer of the same size.
  public func copy(_ other: Buffer<Scalar>) {
    precondition(count == other.count, "buffers of different sizes")
    base.update(from: other.base, count: count)
  }

  /// Sets the elements of `range` to `value`.
  public func fill(_ value: Scalar, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the buffer")
    (base + range.lowerBound).update(repeating: value, count: range.count)
  }
}

/// Single-precision numbers: activations, weights, gradients.
public typealias FloatBuffer = Buffer<Float>
/// Token ids and row numbers.
public typealias IndexBuffer = Buffer<Int32>

extension Buffer where Scalar == Float {
  /// `count` zeros.
  public convenience init(_ count: Int) { self.init(count: count, zero: 0) }

  /// A matrix of this buffer's elements: rows of `stride` floats from `offset` on, of which the first
  /// `columns` count. Kernels read and write whole groups of 16, so a stride is a multiple of 16.
  public func matrix(at offset: Int = 0, rows: Int, columns: Int, stride: Int) -> Matrix {
    precondition(offset >= 0 && rows >= 0 && columns <= stride, "matrix outside the buffer")
    precondition(offset + rows * stride <= count, "matrix outside the buffer")
    return Matrix(base: base + offset, rows: rows, columns: columns, stride: stride)
  }

  /// Copies rows of row-major `values` [.., steps, width], step by step: step t of `rows[i]` goes to
  /// `offset + (t * rows.count + i) * stride`.
  ///
  /// A row's own places often lie a power of two apart, where they would drive each other out of the cache;
  /// so rows take turns.
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
          writeLone(rows, steps, source, base + offset, stride)
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

  /// Groups of one, the commonest: the loop over a group's width would become a call for each number.
  private func writeLone(
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

  /// Copies `groups` groups of `width` elements, which begin `stride` apart from `offset` on, into `values`,
  /// where they begin `pitch` apart from `start` on.
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
