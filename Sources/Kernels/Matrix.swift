// A view of rows in a buffer, the argument type of kernels: no ownership, no allocation, no pointer exposed.

/// `[rows, columns]` floats with a row stride that is a multiple of 16.
///
/// The view does not keep its buffer alive: the caller must own the buffer for as long as the view is used.
public struct Matrix {
  @usableFromInline let base: UnsafeMutablePointer<Float>
  /// The number of rows.
  public let rows: Int
  /// The number of columns in use; the rest, up to `stride`, is padding.
  public let columns: Int
  /// The distance between two rows in floats.
  public let stride: Int

  /// Rows `range` of this matrix.
  public func rows(_ range: Range<Int>) -> Matrix {
    Matrix(base: base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }

  /// Columns `range`, only for use as the left factor of a product, which is read element by element.
  public func leftColumns(_ range: Range<Int>) -> Matrix {
    Matrix(base: base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  /// The element in `row` and `column`.
  @inlinable public subscript(row: Int, column: Int) -> Float {
    get { base[row * stride + column] }
    nonmutating set { base[row * stride + column] = newValue }
  }

  /// Sets every element, including padding, to zero.
  public func clear() { base.update(repeating: 0, count: rows * stride) }

  /// Copies the rows of `other`, which has the same stride.
  public func copy(_ other: Matrix) { base.update(from: other.base, count: rows * stride) }
}

/// `width` rounded up to whole vectors: the row stride of a matrix of that width.
public func paddedWidth(_ width: Int) -> Int { (width + 15) / 16 * 16 }
