// Which rows of a step are masked, and operations on the masked rows: copying from elsewhere, and clearing.

/// One byte per row: 1 if the row is included, 0 if it is masked.
///
/// The view does not keep its buffer alive: the caller must own the buffer for as long as the view is used.
public struct RowMask {
  let base: UnsafeMutablePointer<UInt8>
  /// The number of rows.
  public let rows: Int

  /// Whether `row` is included, that is, not masked.
  public subscript(row: Int) -> Bool {
    get { base[row] != 0 }
    nonmutating set { base[row] = newValue ? 1 : 0 }
  }

  /// Includes the rows that `other` includes.
  public func add(_ other: RowMask) { for row in 0..<rows { base[row] |= other.base[row] } }

  /// Includes all rows, or none.
  public func fill(_ isIncluded: Bool) { base.update(repeating: isIncluded ? 1 : 0, count: rows) }

  /// The number of included rows.
  public var count: Int {
    var sum = 0
    for row in 0..<rows { sum += Int(base[row]) }
    return sum
  }
}

extension Buffer where Scalar == UInt8 {
  /// The mask of `rows` rows, starting at `offset`.
  public func mask(at offset: Int, rows: Int) -> RowMask {
    precondition(offset >= 0 && rows >= 0 && offset + rows <= count, "mask outside the buffer")
    return RowMask(base: base + offset, rows: rows)
  }
}

/// Copies the rows of `source` that are masked to `result`; equal strides, `mask.rows` rows.
public func copyMasked(_ source: Matrix, _ mask: RowMask, into result: Matrix) {
  for row in 0..<mask.rows where mask.base[row] == 0 {
    (result.base + row * result.stride).update(
      from: source.base + row * source.stride, count: result.stride)
  }
}

/// Sets the masked rows of `values` to zero.
public func clearMasked(_ values: Matrix, _ mask: RowMask) {
  for row in 0..<mask.rows where mask.base[row] == 0 {
    (values.base + row * values.stride).update(repeating: 0, count: values.stride)
  }
}

/// Masks the rows whose token id is 0; row i has the id `ids[start + i]`.
public func maskZeros(_ ids: IndexBuffer, from start: Int, into mask: RowMask) {
  precondition(start >= 0 && start + mask.rows <= ids.count, "ids outside the buffer")
  for row in 0..<mask.rows { mask.base[row] = ids.base[start + row] == 0 ? 0 : 1 }
}

/// Masks the rows whose id is `id`; row i has the id `ids[start + i]`.
public func maskRows(of ids: IndexBuffer, equalTo id: Int, from start: Int, into mask: RowMask) {
  precondition(start >= 0 && start + mask.rows <= ids.count, "ids outside the buffer")
  for row in 0..<mask.rows { mask.base[row] = Int(ids.base[start + row]) == id ? 0 : 1 }
}

/// Masks the rows in which every element is `value`.
public func maskRows(of values: Matrix, equalTo value: Float, into mask: RowMask) {
  for row in 0..<mask.rows {
    let numbers = values.base + row * values.stride
    var differs: UInt8 = 0
    for column in 0..<values.columns where numbers[column] != value { differs = 1 }
    mask.base[row] = differs
  }
}
