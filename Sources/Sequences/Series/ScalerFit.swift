// Fits the scaling of columns in one pass. Quartiles need all values at once: for the robust scaling, the values of the
// rows are kept.

import Failures

/// Computes each column's mean, standard deviation and range in one pass (Welford, "Note on a Method for
/// Calculating Corrected Sums of Squares and Products", 1962).
public struct ScalerFit: Sendable {
  private struct Column {
    var count = 0
    var mean = 0.0
    /// The mean of the absolute values.
    var size = 0.0
    var squares = 0.0
    var minimum = Double.infinity
    var maximum = -Double.infinity
    /// All values, if quartiles are needed.
    var values: [Double] = []
  }

  private let names: [String]
  private let keepsValues: Bool
  private var columns: [Column]
  /// The number of rows so far.
  public private(set) var rows = 0

  /// - Parameters:
  ///   - columns: the names of the columns to fit.
  ///   - kind: the scaling to fit.
  public init(columns names: [String], for kind: ScaleKind) {
    (self.names, keepsValues) = (names, kind == .robust)
    columns = Array(repeating: Column(), count: names.count)
  }

  /// Adds one row: a value per column, NaN where it is missing; a column's scaling is that of its known values.
  public mutating func add(_ row: some Sequence<Double>) {
    rows += 1
    for (index, value) in zip(columns.indices, row) where !value.isNaN {
      let delta = value - columns[index].mean
      columns[index].count += 1
      columns[index].mean += delta / Double(columns[index].count)
      columns[index].size += (abs(value) - columns[index].size) / Double(columns[index].count)
      columns[index].squares += delta * (value - columns[index].mean)
      columns[index].minimum = min(columns[index].minimum, value)
      columns[index].maximum = max(columns[index].maximum, value)
      if keepsValues { columns[index].values.append(value) }
    }
  }

  /// The scaling. Throws `Failure(.data)` if there were no rows, or if a column's range is not finite.
  public func scaler(_ kind: ScaleKind, basis: Scaler.Basis) throws(Failure) -> Scaler {
    if kind == .none { return .identity(names) }
    guard rows > 0 else {
      throw Failure.data("the training part, which the scaling is fitted on, has no rows")
    }
    if let empty = columns.firstIndex(where: { $0.count == 0 }) {
      throw Failure.data("column \(names[empty]) has no values to fit the scaling on")
    }
    let measures = columns.map { measure($0, kind) }
    let (offset, factor) = (measures.map(\.center), measures.map { 1 / $0.spread })
    for (name, (offset, factor)) in zip(names, zip(offset, factor))
    where !offset.isFinite || !factor.isFinite || factor == 0 {
      throw Failure.data("the values of column \(name) are too large or too small to be scaled")
    }
    return Scaler(kind: kind, basis: basis, columns: names, offset: offset, factor: factor)
  }

  /// What is subtracted from a column, and what it is divided by.
  private func measure(_ column: Column, _ kind: ScaleKind) -> (center: Double, spread: Double) {
    if kind == .mean { return (0, column.size == 0 ? 1 : column.size) }
    guard kind == .robust else {
      return (kind == .standard ? column.mean : column.minimum, spread(column, kind))
    }
    let quartiles = Quartiles(column.values)
    return (quartiles.median, quartiles.spread)
  }

  /// The standard deviation or range of a column; 1 for a constant column, which thus scales to 0. A variance
  /// that may be due to rounding counts as zero (with scikit-learn's bound).
  private func spread(_ column: Column, _ kind: ScaleKind) -> Double {
    if column.minimum == column.maximum { return 1 }
    if kind == .minmax { return column.maximum - column.minimum }
    let rows = Double(column.count)
    let variance = column.squares / rows
    let rounding = rows * column.mean * Double.ulpOfOne
    let bound = rows * Double.ulpOfOne * variance + rounding * rounding
    return variance <= bound ? 1 : variance.squareRoot()
  }
}
