// Shared by the series tests: byte sources, reference cases from fixtures, and series in memory.

import ByteStreams
import Foundation
import Sequences
import Tensor
import TensorFile

/// Bytes that arrive in blocks of a given size, as from a slow pipe.
struct ByteFeed: ByteSource {
  private var rest: ArraySlice<UInt8>
  private let block: Int

  init(_ text: String, block: Int = .max) { self.init(Array(text.utf8), block: block) }

  init(_ bytes: [UInt8], block: Int = .max) {
    rest = bytes[...]
    self.block = block
  }

  mutating func read(upTo count: Int) throws -> [UInt8] {
    let part = rest.prefix(min(count, block))
    rest = rest.dropFirst(part.count)
    return Array(part)
  }
}

/// A file under `fixtures/`.
func seriesFixture(_ path: String, file: String = #filePath) throws -> String {
  let root = URL(fileURLWithPath: file).pathComponents.dropLast(3).joined(separator: "/").dropFirst()
  return try String(contentsOfFile: root + "/fixtures/" + path, encoding: .utf8)
}

/// The lines of a reference file without comments, split at ` | `.
func seriesCases(_ name: String) throws -> [[String]] {
  let lines = try seriesFixture("series/\(name).txt").split(separator: "\n")
  return lines.filter { !$0.hasPrefix("#") }.map { $0.components(separatedBy: " | ") }
}

/// A series in memory.
func makeSeries(
  _ columns: [String], _ values: [Double], times: [Int64]? = nil, parts: [UInt8]? = nil, step: Int = 3
) throws -> RereadableSeries {
  let schema = SeriesSchema(columns: columns, time: times == nil ? nil : TimeColumn(column: "date"))
  let series = RereadableSeries(schema: schema)
  let count = values.count / columns.count
  for start in stride(from: 0, to: count, by: step) {
    let range = start..<min(start + step, count)
    var rows = SeriesRows(width: columns.count, hasTimes: times != nil, hasParts: parts != nil)
    rows.values = Array(values[range.lowerBound * columns.count..<range.upperBound * columns.count])
    rows.times = times.map { Array($0[range]) }
    rows.parts = parts.map { Array($0[range]) }
    try series.append(rows)
  }
  return series
}

/// All windows of a series as one chunk, read at most `limit` at a time, and the windower afterwards.
func cut(
  _ series: RereadableSeries, _ layout: WindowLayout, scale: ScaleKind = .none, gaps: GapPolicy = .error,
  limit: Int = 2
) throws -> (chunk: Chunk, windower: Windower, scan: SeriesScan) {
  let scan = try SeriesScan(series, columns: layout.columns, scale: scale, gaps: gaps)
  var windower = try Windower(layout, series: series.schema, scaler: scan.scaler, times: scan.times)
  var parts: [String: [Tensor]] = [:]
  try series.forEach { rows in
    try windower.push(rows)
    while let chunk = windower.next(atMost: limit) {
      for (name, column) in chunk.columns { parts[name, default: []] += [column.tensor].compactMap { $0 } }
    }
  }
  return (Chunk(parts.compactMapValues { Tensor.joined($0) }), windower, scan)
}

/// The description of the error that `work` throws; empty if it doesn't throw.
func errorMessage(_ work: () throws -> Void) -> String {
  do { try work() } catch { return "\(error)" }
  return ""
}
