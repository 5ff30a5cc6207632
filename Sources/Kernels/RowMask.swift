// Which rows of a step count, and the work on those that don't: copied from elsewhere, or cleared.

/// One byte a row: 1 where the row counts, 0 where it is masked.
///
/// The view does not keep its buffer alive: whoever makes it owns the buffer for as long as it is used.
public struct RowMask {
  let base: UnsafeMutablePointer<UInt8>
  /// The number of rows.
  public let rows: Int

  /// Whether `row` counts.
  public subscript(row: Int) -> Bool {
    get { base[row] != 0 }
    nonmutating set { base[row] = newValue ? 1 : 0 }
  }

  /// Lets the rows count that count in `other`.
  public func add(_ other: RowMask) { for row in 0..<rows { base[row] |= other.base[row] } }

  /// Lets all rows count, or none.
  public func fill(_ counts: Bool) { base.update(repeating: counts ? 1 : 0, count: rows) }

  /// How many rows count.
  public var count: Int {
    var sum = 0
    for row in 0..<rows { sum += Int(base[row]) }
    return sum
  }
}

extension Buffer where Scalar == UInt8 {
  /// The bytes of `rows` rows from `offset` on.
  public func mask(at offset: Int, rows: Int) -> RowMask {
    precondition(offset >= 0 && rows >= 0 && offset + rows <= count, "mask outside the buffer")
    return RowMask(base: base + offset, rows: rows)
  }
}

/// Copies the rows of `source` that `mask` leaves out to `result`; equal strides, `mask.rows` rows.
public func copyMasked(_ source: Matrix, _ mask: RowMask, into result: Matrix) {
  for row in 0..<mask.rows where mask.base[row] == 0 {
    (result.base + row * result.stride).update(
      from: source.base + row * source.stride, count: result.stride)
  }
}

/// Sets the rows of `values` that `mask` leaves out to zero.
public func clearMasked(_ values: Matrix, _ mask: RowMask) {
  for row in 0..<mask.rows where mask.base[row] == 0 {
    (values.base + row * values.stride).update(repeating: 0, count: values.stride)
  }
}

/// A row counts where its token id is not 0; `ids` from `start` on are the rows'.
public func maskZeros(_ ids: IndexBuffer, from start: Int, into mask: RowMask) {
  precondition(start >= 0 && start + mask.rows <= ids.count, "ids outside the buffer")
  for row in 0..<mask.rows { mask.base[row] = ids.base[start + row] == 0 ? 0 : 1 }
}

/// A row counts where any of its numbers is not `value`.
public func maskRows(of values: Matrix, equalTo value: Float, into mask: RowMask) {
  for row in 0..<mask.rows {
    let numbers = values.base + row * values.stride
    var differs: UInt8 = 0
    for column in 0..<values.columns where numbers[column] != value { differs = 1 }
    mask.base[row] = differs
  }
}
