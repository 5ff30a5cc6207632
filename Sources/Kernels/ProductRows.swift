// The rows of a product with the input that a cell reads at a step: consecutive ones, or those of tokens in a table that
// has one for each token, which need not be copied together.

/// The products of a step's rows.
public struct ProductRows {
  /// The number of rows.
  public let rows: Int
  private let base: UnsafePointer<Float>
  private let stride: Int
  /// The number in the table of each token id, and the ids of the rows; nil for consecutive rows.
  private let tokens: (numbers: UnsafePointer<Int32>, ids: UnsafePointer<Int32>)?

  /// The rows of a matrix.
  public init(_ matrix: Matrix) {
    (rows, base, stride, tokens) = (matrix.rows, UnsafePointer(matrix.base), matrix.stride, nil)
  }

  /// For row i, the row of `table` with the number of the token `ids[start + i]`.
  public init(_ table: Matrix, by index: TokenIndex, ids: IndexBuffer, at start: Int, rows: Int) {
    precondition(start >= 0 && start + rows <= ids.count, "ids outside the buffer")
    self.rows = rows
    (base, stride) = (UnsafePointer(table.base), table.stride)
    tokens = (UnsafePointer(index.numbers.base), UnsafePointer(ids.base + start))
  }

  /// The first number of a row.
  @inline(__always)
  subscript(row: Int) -> UnsafePointer<Float> {
    guard let tokens else { return base + row * stride }
    return base + Int(tokens.numbers[Int(tokens.ids[row])]) * stride
  }
}
