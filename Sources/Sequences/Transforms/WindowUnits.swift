// Windows back in the units of the data: scaling, transformations and what each row was scaled by are undone in double
// precision. Where a scaling is not that of all rows, a row has the columns `offset` and `factor` F64 [targets], and for
// differences `base`, the last value before the targets:
//
//   scaled / factor + offset, with differences added up from base, then the inverse of log1p or Box-Cox

import Failures
import Tensor
import TensorFile

/// Converts targets and inputs of windows to the units of the data.
public struct WindowUnits: Sendable {
  let layout: WindowLayout
  let scaler: Scaler
  let transform: TargetTransform

  /// - Parameters:
  ///   - scaler: the scaling of the layout's columns.
  ///   - transform: what was done before.
  public init(_ layout: WindowLayout, scaler: Scaler, transform: TargetTransform = .none) {
    (self.layout, self.scaler, self.transform) = (layout, scaler, transform)
  }

  /// The units of a stream's windows; nil if it has none.
  public init?(header: StreamHeader) throws {
    guard let layout = try WindowLayout(header: header), let scaler = try Scaler(header: header) else {
      return nil
    }
    self.init(layout, scaler: scaler, transform: try TargetTransform(header: header))
  }

  /// Whether rows have what they were scaled by.
  public var dependsOnRow: Bool {
    scaler.kind != .none && scaler.scope != .all || transform.reference != nil
  }

  /// Whether values are more than scaled, or not all by the same.
  public var changesValues: Bool { dependsOnRow || transform.values != .identity }

  /// The columns with what each row was scaled by; none if all rows were scaled alike.
  public var rowColumns: [String] {
    let scales = hasRowScales || transform.reference == .last ? ["offset", "factor"] : []
    return scales + (transform.reference == .difference ? ["base"] : [])
  }

  /// Values `[rows, horizon * targets * valuesPerTarget]` in the units of the data.
  /// - Parameters:
  ///   - valuesPerTarget: how many values there are for each step and target, such as quantiles.
  ///   - chunk: the rows that the values belong to.
  /// - Throws: `Failure` (data) if the chunk lacks what its rows were scaled by.
  public func targets(_ scaled: [Double], valuesPerTarget each: Int = 1, of chunk: Chunk) throws -> [Double] {
    if !changesValues {
      return each == 1 ? try scaler.inverse(scaled, columns: layout.targets) : try spread(scaled, each)
    }
    let scales = try rowScales(chunk)
    let width = layout.targets.count
    let rowWidth = scaled.count / max(1, chunk.rows)
    guard rowWidth % (width * each) == 0 else {
      throw Failure.data("\(rowWidth) values of a row can't be divided among \(counted(width, "target"))")
    }
    var result = scaled
    for row in 0..<chunk.rows {
      let start = row * rowWidth
      for index in 0..<rowWidth {
        let target = index / each % width
        result[start + index] =
          scaled[start + index] / scales.factor[row * width + target]
          + scales.offset[row * width + target]
        if let base = scales.base {
          let before = index - width * each
          result[start + index] += before < 0 ? base[row * width + target] : result[start + before]
        }
      }
    }
    return inverse(result, each)
  }

  /// What the targets of each row were multiplied by, `[rows, targets]`.
  /// - Throws: `Failure` (data) if the chunk lacks what its rows were scaled by.
  public func factors(of chunk: Chunk) throws -> [Double] { try rowScales(chunk).factor }

  private func inverse(_ values: [Double], _ each: Int) -> [Double] {
    guard transform.values != .identity else { return values }
    let width = layout.targets.count
    return values.enumerated().map { transform.values.inverse($1, column: $0 / each % width) }
  }

  /// Several values for each target under one scaling.
  private func spread(_ scaled: [Double], _ each: Int) throws -> [Double] {
    guard scaler.kind != .none else { return scaled }
    let indices = try scaler.indices(of: layout.targets)
    return scaled.enumerated().map { index, value in
      let column = indices[index / each % indices.count]
      return value / scaler.factor[column] + scaler.offset[column]
    }
  }

  /// What the targets of each row were scaled by, `[rows, targets]`.
  func rowScales(_ chunk: Chunk) throws -> (offset: [Double], factor: [Double], base: [Double]?) {
    let width = layout.targets.count
    func column(_ name: String) throws -> [Double] {
      guard let tensor = chunk.columns[name]?.tensor, tensor.rowWidth == width else {
        throw Failure.data(
          "there is no column \(name), by which each row is scaled",
          remedy: "create the windows with rnn-window")
      }
      return tensor.doubles
    }
    let base = transform.reference == .difference ? try column("base") : nil
    if scaler.kind != .none && scaler.scope != .all || transform.reference == .last {
      return (try column("offset"), try column("factor"), base)
    }
    let indices = try scaler.indices(of: layout.targets)
    let rows = 0..<chunk.rows
    return (
      rows.flatMap { _ in indices.map { scaler.offset[$0] } },
      rows.flatMap { _ in indices.map { scaler.factor[$0] } }, base
    )
  }

  // MARK: Comparable values

  /// Whether rows have scales of their own, in which values of different series are comparable.
  public var hasRowScales: Bool { scaler.kind != .none && scaler.scope != .all }

  /// Values `[rows, horizon * targets]` in the scale of their row: log1p or Box-Cox, times the row's factor; unchanged if
  /// rows have no scales of their own.
  /// - Throws: `Failure` (data) if the chunk lacks what its rows were scaled by.
  public func comparable(_ values: [Double], of chunk: Chunk) throws -> [Double] {
    try mapRows(values, chunk) { transform.values.apply($0, column: $2) * $1 }
  }

  /// The inverse of `comparable`.
  public func restored(_ values: [Double], of chunk: Chunk) throws -> [Double] {
    try mapRows(values, chunk) { transform.values.inverse($0 / $1, column: $2) }
  }

  private func mapRows(
    _ values: [Double], _ chunk: Chunk, _ change: (_ value: Double, _ factor: Double, _ target: Int) -> Double
  ) throws -> [Double] {
    guard hasRowScales, chunk.rows > 0 else { return values }
    let (factor, width) = (try rowScales(chunk).factor, layout.targets.count)
    let rowWidth = values.count / chunk.rows
    return values.indices.map { index in
      let target = index % width
      return change(values[index], factor[index / rowWidth * width + target], target)
    }
  }

  /// The targets over the inputs of each window, `[rows, length, targets]`, in the units of the data; nil if a target is
  /// not among the inputs.
  /// - Throws: `Failure` (data) if `x` has another shape, or the chunk lacks what its rows were scaled by.
  public func history(of chunk: Chunk) throws -> [Double]? {
    let columns = layout.targets.compactMap { layout.inputs.firstIndex(of: $0) }
    guard columns.count == layout.targets.count, let x = chunk.columns["x"]?.tensor else { return nil }
    guard x.rowShape == [layout.length, layout.inputs.count] else {
      throw Failure.data(
        "x has the shape \(x.shape) instead of [rows, \(layout.length), \(layout.inputs.count)]")
    }
    let (values, scales, width) = (x.doubles, try rowScales(chunk), columns.count)
    var result = [Double](repeating: 0, count: chunk.rows * layout.length * width)
    for row in 0..<chunk.rows {
      for target in 0..<width {
        let scale = (offset: scales.offset[row * width + target], factor: scales.factor[row * width + target])
        // Differences are added up from the last step, whose value is known, to the first.
        var level = scales.base.map { $0[row * width + target] }
        for step in (0..<layout.length).reversed() {
          let value =
            values[(row * layout.length + step) * layout.inputs.count + columns[target]] / scale.factor
            + scale.offset
          result[(row * layout.length + step) * width + target] = level ?? value
          level = level.map { $0 - value }
        }
      }
    }
    return inverse(result, 1)
  }
}
