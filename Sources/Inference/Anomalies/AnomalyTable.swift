// Results about anomalies as a table with a line for each step and target:
//
//   [unique_id,]time,target,y,prediction,score,anomaly[,label]
//
// `unique_id` is there if there are several series, `label` if labels are known, and `window`, the number of the window, if
// there are no times.

import JSON
import Sequences
import TensorFile

/// The lines of one chunk of results.
public struct AnomalyTable {
  /// The names of the columns.
  let names: [String]
  private let chunk: Chunk
  private let targets: [String]
  private let time: TimeColumn?
  private let times: [Int64]?
  private let firstRow: Int
  /// The name of each row's series; empty if there is only one.
  private let ids: [String]

  /// - Parameters:
  ///   - targets: the names of the targets.
  ///   - time: how times are written.
  ///   - firstRow: the number of the chunk's first window.
  /// - Throws: `Failure` (data) for times that are none.
  public init(_ chunk: Chunk, targets: [String], time: TimeColumn?, firstRow: Int) throws {
    try chunk.checkTimes()
    (self.chunk, self.targets, self.time, self.firstRow) = (chunk, targets, time, firstRow)
    times = chunk.columns["time"]?.tensor?.values(as: Int64.self)
    let labels = chunk.columns["label"] == nil ? [] : ["label"]
    ids = chunk.rowNames
    names =
      (ids.isEmpty ? [] : ["unique_id"]) + [
        times == nil ? "window" : "time", "target", "y", "prediction", "score", "anomaly",
      ] + labels
  }

  /// The number of lines.
  var count: Int { chunk.rows * targets.count }

  /// The cells of a line.
  func cells(_ line: Int) -> [JSONValue] {
    let (row, target) = (line / targets.count, line % targets.count)
    return names.map { name in
      switch name {
      case "time": .string(times.map { time?.text($0[row]) ?? "\($0[row])" } ?? "")
      case "unique_id": .string(ids[row])
      case "window": .integer(Int64(firstRow + row))
      case "target": .string(targets[target])
      case "label": chunk.columns[name]?.tensor?.jsonValue(at: row) ?? .null
      default: chunk.columns[name]?.tensor?.jsonValue(at: line) ?? .null
      }
    }
  }
}

extension Chunk {
  /// The names in the column `id`; none if there is no such column.
  public var rowNames: [String] {
    guard let names = columns["id"]?.ragged, let bytes = names.values.values(as: UInt8.self) else {
      return []
    }
    let offsets = names.offsets
    return (0..<rows).map { String(decoding: bytes[offsets[$0]..<offsets[$0 + 1]], as: UTF8.self) }
  }
}
