// A matrix of numbers from 0 to 1 with a label at each row and column, such as the weights of attention.

/// Numbers from 0 to 1 by row and column.
public struct HeatMap: Sendable, Equatable {
  /// The labels of the rows, from the top.
  public var rows: [String]
  /// The labels of the columns.
  public var columns: [String]
  /// `values[row][column]`.
  public var values: [[Double]]

  /// Traps unless there is a row of values for each row label, and a value for each column (a programming error).
  public init(rows: [String], columns: [String], values: [[Double]]) {
    precondition(
      values.count == rows.count && values.allSatisfy { $0.count == columns.count },
      "a heat map must have a value for each row and column")
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }
}
