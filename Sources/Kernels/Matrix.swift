// A view of rows in a buffer, which is what kernels take: no ownership, no allocation, no pointer shown.

/// `[rows, columns]` floats with a row stride that is a multiple of 16.
///
/// The view does not keep its buffer alive: whoever makes it owns the buffer for as long as it is used.
public struct Matrix {
  @usableFromInline let base: UnsafeMutablePointer<Float>
  /// The number of rows.
  public let rows: Int
  /// The number of columns that count; up to `stride` there is padding.
  public let columns: Int
  /// The distance of two rows in floats.
  public let stride: Int

  /// Rows `range` of this matrix.
  public func rows(_ range: Range<Int>) -> Matrix {
    Matrix(base: base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }

  /// Columns `range`, for a product's left factor alone, which is read number by number.
  public func leftColumns(_ range: Range<Int>) -> Matrix {
    Matrix(base: base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  /// The element in `row` and `column`.
  @inlinable public subscript(row: Int, column: Int) -> Float {
    get { base[row * stride + column] }
    nonmutating set { base[row * stride + column] = newValue }
  }

  /// Sets every element, padding included, to zero.
  public func clear() { base.update(repeating: 0, count: rows * stride) }

  /// Copies the rows of `other`, which has the same stride.
  public func copy(_ other: Matrix) { base.update(from: other.base, count: rows * stride) }
}

/// `width` rounded up to whole vectors: the row stride of a matrix that wide.
public func paddedWidth(_ width: Int) -> Int { (width + 15) / 16 * 16 }
