// What each of several series was scaled by, where each is scaled by its own values: kept, so that later rows of the same
// series are scaled in the same way.

import Failures
import JSON
import Tensor
import TensorFile

/// The scales of series by their names.
public struct SeriesScales: Sendable, Equatable {
  /// The scales of the layout's columns, by series.
  var values: [String: [WindowScale]] = [:]

  /// No scales yet.
  public init() {}

  /// Whether there are none.
  public var isEmpty: Bool { values.isEmpty }

  /// Adds the scales of the windows of a chunk, if their only columns are the targets.
  public mutating func add(_ chunk: Chunk, _ layout: WindowLayout, names: [String]) {
    let width = layout.targets.count
    guard layout.columns == layout.targets, let offset = chunk.columns["offset"]?.tensor?.doubles,
      let factor = chunk.columns["factor"]?.tensor?.doubles, offset.count == names.count * width
    else { return }
    for (row, name) in names.enumerated() where values[name] == nil {
      values[name] = (row * width..<(row + 1) * width).map {
        WindowScale(offset: offset[$0], factor: factor[$0])
      }
    }
  }

  /// Reads `KEY.offset` and `KEY.factor`, `[series, columns]`; nil if there are none.
  public init?(header: StreamHeader, key: String, series: [String]) {
    guard let offset = header.side["\(key).offset"]?.doubles, !series.isEmpty,
      let factor = header.side["\(key).factor"]?.doubles, offset.count == factor.count,
      offset.count % series.count == 0
    else { return nil }
    let width = offset.count / series.count
    for (row, name) in series.enumerated() {
      values[name] = (row * width..<(row + 1) * width).map {
        WindowScale(offset: offset[$0], factor: factor[$0])
      }
    }
  }

  /// Writes the scales of these series; nothing if one has none.
  public func write(into header: inout StreamHeader, key: String, series: [String]) {
    let all = series.compactMap { values[$0] }
    guard all.count == series.count else { return }
    header.side["\(key).offset"] = Tensor(all.flatMap { $0.map(\.offset) })
    header.side["\(key).factor"] = Tensor(all.flatMap { $0.map(\.factor) })
  }
}
