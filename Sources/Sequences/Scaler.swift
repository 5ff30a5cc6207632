// Scaling of series columns, fitted once and carried in the stream, so that a prediction comes back in the
// units of the data. scaled = (value - offset) * factor, column by column, computed in double precision.

import Failures
import JSON
import Tensor
import TensorFile

/// How columns are scaled.
public enum ScaleKind: String, Sendable, CaseIterable {
  /// Not at all.
  case none
  /// To mean 0 and (population) standard deviation 1.
  case standard
  /// To the range 0 to 1.
  case minmax
}

/// A fitted scaling of named columns (`rnn.scale`, `rnn.scale.offset`, `rnn.scale.factor`).
public struct Scaler: Sendable, Equatable {
  /// What the scaling was fitted on.
  public enum Basis: String, Sendable {
    /// The rows of part 0.
    case train
    /// All rows, the series being unsplit: test values have leaked into the scale.
    case all
  }

  /// The kind.
  public let kind: ScaleKind
  /// What it was fitted on.
  public let basis: Basis
  /// The columns that are scaled.
  public let columns: [String]
  /// What is subtracted from each column.
  public let offset: [Double]
  /// What each column is multiplied by afterwards; never 0.
  public let factor: [Double]

  init(kind: ScaleKind, basis: Basis, columns: [String], offset: [Double], factor: [Double]) {
    self.kind = kind
    self.basis = basis
    self.columns = columns
    self.offset = offset
    self.factor = factor
  }

  /// The scaling that leaves `columns` as they are.
  public static func identity(_ columns: [String]) -> Scaler {
    Scaler(
      kind: .none, basis: .all, columns: columns, offset: Array(repeating: 0, count: columns.count),
      factor: Array(repeating: 1, count: columns.count))
  }

  /// `value` of column number `column`, scaled.
  public func scale(_ value: Double, column: Int) -> Double { (value - offset[column]) * factor[column] }

  /// Where each of `names` stands among the scaled columns; throws `Failure(.data)` where one is missing.
  public func indices(of names: [String]) throws(Failure) -> [Int] {
    var indices: [Int] = []
    for name in names {
      guard let index = columns.firstIndex(of: name) else { throw missingColumn(name, of: columns) }
      indices.append(index)
    }
    return indices
  }

  /// Scaled values in the units of the data.
  /// - Parameters:
  ///   - values: rows whose last dimension runs over `names`, as `y` [rows, horizon * targets] does.
  ///   - names: the columns of the last dimension.
  public func inverse(_ values: [Float], columns names: [String]) throws(Failure) -> [Double] {
    let places = try indices(of: names)
    guard !places.isEmpty, values.count % places.count == 0 else {
      throw Failure.data("\(values.count) values can't be split among \(places.count) columns")
    }
    if kind == .none { return values.map(Double.init) }
    var next = 0
    return values.map { value in
      let column = places[next]
      next = next + 1 == places.count ? 0 : next + 1
      return Double(value) / factor[column] + offset[column]
    }
  }
}

// MARK: - In the stream

extension Scaler {
  /// Reads `rnn.scale` and its side tensors; nil where the stream has none.
  public init?(header: StreamHeader) throws {
    guard let facts = try header.facts("rnn.scale") else { return nil }
    guard let kind = facts["kind"]?.string.flatMap(ScaleKind.init(rawValue:)),
      let columns = facts["columns"]?.strings
    else { throw damaged("rnn.scale") }
    if kind == .none {
      self = .identity(columns)
      return
    }
    let basis = facts["fitted_on"]?.string.flatMap(Basis.init(rawValue:)) ?? .all
    guard let offset = header.side["rnn.scale.offset"]?.doubles, offset.count == columns.count,
      let factor = header.side["rnn.scale.factor"]?.doubles, factor.count == columns.count,
      offset.allSatisfy(\.isFinite), factor.allSatisfy({ $0.isFinite && $0 != 0 })
    else { throw damaged("rnn.scale.factor") }
    self.init(kind: kind, basis: basis, columns: columns, offset: offset, factor: factor)
  }

  /// Writes `rnn.scale` = `{"kind":"standard","columns":[...],"fitted_on":"train"}` and the side tensors
  /// `rnn.scale.offset` and `rnn.scale.factor`, F64 [columns].
  public func write(into header: inout StreamHeader) {
    var facts: [String: JSONValue] = ["kind": .string(kind.rawValue), "columns": .strings(columns)]
    header.side["rnn.scale.offset"] = nil
    header.side["rnn.scale.factor"] = nil
    if kind != .none {
      facts["fitted_on"] = .string(basis.rawValue)
      header.side["rnn.scale.offset"] = Tensor(offset)
      header.side["rnn.scale.factor"] = Tensor(factor)
    }
    header.metadata["rnn.scale"] = JSONValue.object(facts).text
  }
}

// MARK: - Fitting

/// Gathers each column's mean, deviation and range in one pass (Welford, "Note on a Method for Calculating
/// Corrected Sums of Squares and Products", 1962).
public struct ScalerFit: Sendable {
  private struct Column {
    var mean = 0.0
    var squares = 0.0
    var minimum = Double.infinity
    var maximum = -Double.infinity
  }

  private let names: [String]
  private var columns: [Column]
  /// How many rows were seen.
  public private(set) var rows = 0

  /// - Parameter columns: the names of the columns to fit.
  public init(columns names: [String]) {
    self.names = names
    columns = Array(repeating: Column(), count: names.count)
  }

  /// Takes one row: the value of each column, all finite.
  public mutating func add(_ row: some Sequence<Double>) {
    rows += 1
    for (index, value) in zip(columns.indices, row) {
      let delta = value - columns[index].mean
      columns[index].mean += delta / Double(rows)
      columns[index].squares += delta * (value - columns[index].mean)
      columns[index].minimum = min(columns[index].minimum, value)
      columns[index].maximum = max(columns[index].maximum, value)
    }
  }

  /// The scaling. Throws `Failure(.data)` where there was no row, or a column's range is not a finite number.
  public func scaler(_ kind: ScaleKind, basis: Scaler.Basis) throws(Failure) -> Scaler {
    if kind == .none { return .identity(names) }
    guard rows > 0 else {
      throw Failure.data("no row belongs to the training part, which the scaling is fitted on")
    }
    let offset = columns.map { kind == .standard ? $0.mean : $0.minimum }
    let factor = columns.map { 1 / spread($0, kind) }
    for (name, (offset, factor)) in zip(names, zip(offset, factor))
    where !offset.isFinite || !factor.isFinite || factor == 0 {
      throw Failure.data("the values of column \(name) are too large, or too small, to be scaled")
    }
    return Scaler(kind: kind, basis: basis, columns: names, offset: offset, factor: factor)
  }

  /// The deviation or range of a column; 1 for a constant one, which then scales to 0. What rounding leaves
  /// of a constant column's variance counts as none (the bound is scikit-learn's).
  private func spread(_ column: Column, _ kind: ScaleKind) -> Double {
    if column.minimum == column.maximum { return 1 }
    if kind == .minmax { return column.maximum - column.minimum }
    let variance = column.squares / Double(rows)
    let rounding = Double(rows) * column.mean * Double.ulpOfOne
    let bound = Double(rows) * Double.ulpOfOne * variance + rounding * rounding
    return variance <= bound ? 1 : variance.squareRoot()
  }
}
