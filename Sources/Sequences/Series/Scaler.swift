// Scaling of series columns: scaled = (value - offset) * factor, per column, computed in double precision.
// The fitted scaling is stored in the stream, so that predictions can be converted back to the units of the
// data. A scaling of each series or window by its own values is stored with the rows instead (`WindowUnits`).

import Failures
import JSON
import Tensor
import TensorFile

/// A fitted scaling of named columns (`rnn.scale`, `rnn.scale.offset`, `rnn.scale.factor`).
public struct Scaler: Sendable, Equatable {
  /// The rows that the scaling was fitted on.
  public enum Basis: String, Sendable {
    /// The rows of part 0.
    case train
    /// All rows of a series that is not split: test values have leaked into the scaling.
    case all
  }

  /// The kind of scaling.
  public let kind: ScaleKind
  /// The rows it was fitted on.
  public let basis: Basis
  /// The rows over which it is computed; if not all, offset and factor are those of each row of the stream.
  public let scope: ScaleScope
  /// The scaled columns.
  public let columns: [String]
  /// What is subtracted from each column.
  public let offset: [Double]
  /// What each column is then multiplied by; never 0.
  public let factor: [Double]

  init(kind: ScaleKind, basis: Basis, columns: [String], offset: [Double], factor: [Double]) {
    self.kind = kind
    self.basis = basis
    scope = .all
    self.columns = columns
    self.offset = offset
    self.factor = factor
  }

  /// A scaling of each series or window by its own values.
  public init(_ kind: ScaleKind, of scope: ScaleScope, basis: Basis, columns: [String]) {
    (self.kind, self.scope, self.basis, self.columns) = (kind, scope, basis, columns)
    offset = Array(repeating: 0, count: columns.count)
    factor = Array(repeating: 1, count: columns.count)
  }

  /// The identity scaling of `columns`.
  public static func identity(_ columns: [String]) -> Scaler {
    Scaler(
      kind: .none, basis: .all, columns: columns, offset: Array(repeating: 0, count: columns.count),
      factor: Array(repeating: 1, count: columns.count))
  }

  /// The same scaling together with another column, which is not scaled.
  func adding(unscaled column: String) -> Scaler {
    Scaler(
      kind: kind, basis: basis, columns: columns + [column], offset: offset + [0], factor: factor + [1])
  }

  /// The scaled `value` of the column with index `column`.
  public func scale(_ value: Double, column: Int) -> Double { (value - offset[column]) * factor[column] }

  /// The index of each of `names` in `columns`. Throws `Failure(.data)` if one is missing.
  public func indices(of names: [String]) throws(Failure) -> [Int] { try columns.indices(of: names) }

  /// Converts scaled values back to the units of the data.
  /// - Parameters:
  ///   - values: rows whose last dimension is `names`, such as `y` [rows, horizon * targets].
  ///   - names: the columns of the last dimension.
  public func inverse(_ values: [Double], columns names: [String]) throws(Failure) -> [Double] {
    let indices = try indices(of: names)
    guard !indices.isEmpty, values.count % indices.count == 0 else {
      throw Failure.data("\(values.count) values can't be divided among \(indices.count) columns")
    }
    if kind == .none { return values }
    var next = 0
    return values.map { value in
      let column = indices[next]
      next = next + 1 == indices.count ? 0 : next + 1
      return value / factor[column] + offset[column]
    }
  }
}

// MARK: - In a stream

extension Scaler {
  /// Reads `rnn.scale` and its side tensors; nil if the stream has none.
  /// - Parameter key: where it is stored.
  public init?(header: StreamHeader, key: String = "rnn.scale") throws {
    guard let object = try header.object(key) else { return nil }
    guard let kind = object["kind"]?.string.flatMap(ScaleKind.init(rawValue:)),
      let columns = object["columns"]?.strings
    else { throw damagedMetadata(key) }
    let scope = object["per"]?.string.flatMap(ScaleScope.init(rawValue:)) ?? .all
    if kind == .none {
      self = .identity(columns)
      return
    }
    let basis = object["fitted_on"]?.string.flatMap(Basis.init(rawValue:)) ?? .all
    if scope != .all {
      self.init(kind, of: scope, basis: basis, columns: columns)
      return
    }
    guard let offset = header.side["\(key).offset"]?.doubles, offset.count == columns.count,
      let factor = header.side["\(key).factor"]?.doubles, factor.count == columns.count,
      offset.allSatisfy(\.isFinite), factor.allSatisfy({ $0.isFinite && $0 != 0 })
    else { throw damagedMetadata("\(key).factor") }
    self.init(kind: kind, basis: basis, columns: columns, offset: offset, factor: factor)
  }

  /// Writes `rnn.scale` = `{"kind":"standard","columns":[...],"fitted_on":"train"}` and the side tensors
  /// `rnn.scale.offset` and `rnn.scale.factor`, F64 [columns]; or `{...,"per":"series"}` without them.
  /// - Parameter key: where it is stored.
  public func write(into header: inout StreamHeader, key: String = "rnn.scale") {
    var object: [String: JSONValue] = ["kind": .string(kind.rawValue), "columns": .strings(columns)]
    header.side["\(key).offset"] = nil
    header.side["\(key).factor"] = nil
    if kind != .none { object["fitted_on"] = .string(basis.rawValue) }
    if kind != .none, scope != .all { object["per"] = .string(scope.rawValue) }
    if kind != .none, scope == .all {
      header.side["\(key).offset"] = Tensor(offset)
      header.side["\(key).factor"] = Tensor(factor)
    }
    header.metadata[key] = JSONValue.object(object).text
  }
}
