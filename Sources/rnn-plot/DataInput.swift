// Data as it stands in a stream: how its lengths or values are distributed, and series against time.

import Charts
import Failures
import Sequences
import Tensor
import TensorFile

extension PlotInput {
  /// The chart of a column's lengths or values.
  func distribution() throws -> Chart {
    let reader = try run.reader(path)
    let column = try distributedColumn(reader)
    if reader.schema[column]?.isRagged == true { return try lengths(of: column, reader) }
    return try values(of: column, reader)
  }

  /// The column asked for, else the only ragged one, else the only one.
  private func distributedColumn(_ reader: TensorReader) throws -> String {
    let names = reader.schema.keys.sorted()
    if let name = selection.column.first {
      guard names.contains(name) else {
        throw Failure.usage(
          "there is no column \(name)", at: "--column", remedy: "there are: \(names.joined(separator: ", "))")
      }
      return name
    }
    let ragged = names.filter { reader.schema[$0]?.isRagged == true }
    guard let only = ragged.count == 1 ? ragged[0] : names.count == 1 ? names[0] : nil else {
      throw Failure.usage(
        "which column is meant?", at: name,
        remedy: "choose one with --column: \(names.joined(separator: ", "))")
    }
    return only
  }

  private func lengths(of column: String, _ reader: TensorReader) throws -> Chart {
    var counts: [Int32: Int] = [:]
    while let chunk = try reader.next() {
      for length in chunk.columns[column]?.ragged?.lengths ?? [] { counts[length, default: 0] += 1 }
    }
    guard let least = counts.keys.min(), let most = counts.keys.max() else {
      throw Failure.data("the stream has no rows", at: name)
    }
    var histogram = Histogram(over: Double(least)...Double(most), intervals: 60, isWhole: true)
    for (length, times) in counts { histogram.add(Double(length), times: times) }
    let median = median(counts)
    let isText = reader.schema[column]?.type == .u8
    let unit = language == .zh ? (isText ? "每行字节数" : "每行词元数") : "\(isText ? "bytes" : "values") in a row"
    let title = language == .zh ? "\(column) 的长度分布" : "Lengths of \(column)"
    let mark = Mark(language == .zh ? "中位数 \(median)" : "median \(median)", x: Double(median), color: 1)
    return .distribution(histogram, of: unit, title: title, marks: [mark], language: language)
  }

  private func median(_ counts: [Int32: Int]) -> Int32 {
    var left = counts.values.reduce(0, +) / 2
    for (length, times) in counts.sorted(by: { $0.key < $1.key }) {
      left -= times
      if left < 0 { return length }
    }
    return 0
  }

  private func values(of column: String, _ reader: TensorReader) throws -> Chart {
    let isWhole = reader.schema[column]?.type.isInteger ?? false
    let stream = try RereadableStream(reader)
    var (least, most) = (Double.infinity, -Double.infinity)
    try stream.chunks { chunk in
      for value in chunk.columns[column]?.tensor?.doubles ?? [] where value.isFinite {
        (least, most) = (min(least, value), max(most, value))
      }
    }
    guard least <= most else { throw Failure.data("column \(column) has no finite values", at: name) }
    var histogram = Histogram(over: least...most, intervals: 60, isWhole: isWhole)
    try stream.chunks { chunk in
      for value in chunk.columns[column]?.tensor?.doubles ?? [] { histogram.add(value) }
    }
    let title = language == .zh ? "\(column) 的数值分布" : "Values of \(column)"
    return .distribution(histogram, of: column, title: title, language: language)
  }
}

// MARK: - Series

extension PlotInput {
  /// The most panels that one picture shows.
  private static let mostPanels = 12
  /// Points of a curve that are kept in memory, and those that are left once there are more.
  private static let (mostPoints, thinnedPoints) = (1 << 16, 1 << 14)

  /// The chart of a series' columns against time, or against the row's number.
  func series() throws -> Chart {
    let reader = try run.reader(path)
    let facts = try SeriesFacts(header: reader.header, schema: reader.schema)
    let chosen = try facts.indices(
      of: selection.column.isEmpty ? Array(facts.columns.prefix(Self.mostPanels)) : selection.column)
    var curves = chosen.map { Series(facts.columns[$0], color: 0, x: [], y: []) }
    var first = 0
    var hasTimes = false
    while let chunk = try reader.next() {
      let rows = try SeriesRows(chunk, facts: facts)
      hasTimes = rows.times != nil
      let positions = rows.times?.map(Double.init) ?? (first..<first + rows.rows).map(Double.init)
      append(rows, at: positions, columns: chosen, to: &curves)
      first += rows.rows
    }
    guard first > 0 else { throw Failure.data("the series has no rows", at: name) }
    if selection.column.isEmpty, facts.columns.count > Self.mostPanels {
      run.note("showing the first \(Self.mostPanels) of \(facts.columns.count) columns; choose with --column")
    }
    return .series(curves, hasTimes: hasTimes, title: path ?? "", language: language)
  }

  private func append(_ rows: SeriesRows, at positions: [Double], columns: [Int], to curves: inout [Series]) {
    for (index, column) in columns.enumerated() {
      curves[index].x += positions
      curves[index].y += stride(from: column, to: rows.values.count, by: rows.width).map { rows.values[$0] }
      if curves[index].x.count > Self.mostPoints {
        curves[index] = curves[index].thinned(to: Self.thinnedPoints)
      }
    }
  }
}
