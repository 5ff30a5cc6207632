// Several series, one below the other: read once, then series by series as often as needed. Rows are in memory or in a
// temporary file, as those of a single series are; only one series at a time is assembled.
//
// In a stream of kind `series`, the column `id` has the name of each row's series, and `static` what describes it: the
// cells of the columns in `rnn.static`, separated by U+001F.

import Failures
import JSON
import Tensor
import TensorFile

/// Series that can be read more than once.
public final class SeriesPanel {
  /// The number of columns, their names, and the time column.
  public var schema: SeriesSchema { rows.schema }
  /// The column that names the series; nil if there is only one, without a name.
  public let column: String?
  /// The columns that describe a series.
  public let staticColumns: [String]
  /// The number of series.
  public var count: Int { starts.count }
  /// The number of rows of all series.
  public var rowCount: Int { rows.rows }
  /// Whether each row has a part.
  public var hasParts: Bool { rows.hasParts }
  /// Whether a value is missing.
  public var hasMissing: Bool { rows.hasMissing }

  private let rows: RereadableSeries
  private var starts: [(row: Int, name: String?, statics: [String])] = []

  /// A file with one series.
  public init(single series: RereadableSeries) {
    (rows, column, staticColumns) = (series, nil, [])
    starts = [(0, nil, [])]
  }

  /// Series that are in memory; those without rows are left out.
  /// - Parameters:
  ///   - schema: their columns.
  ///   - column: the column that names them; nil if there is only one, without a name.
  ///   - staticColumns: the columns that describe them.
  public init(
    _ schema: SeriesSchema, column: String?, staticColumns: [String], _ series: [PanelSeries]
  ) throws {
    rows = RereadableSeries(schema: schema)
    (self.column, self.staticColumns) = (column, staticColumns)
    for one in series where one.rows.rows > 0 {
      starts.append((rows.rows, one.name, one.statics))
      try rows.append(one.rows)
    }
  }

  /// Reads the rest of a CSV file that holds several series.
  public init(_ csv: inout SeriesCSV) throws {
    rows = RereadableSeries(schema: csv.schema)
    (column, staticColumns) = (csv.panel?.sequence, csv.panel?.statics ?? [])
    while let block = try csv.next() {
      for start in block.beginnings { starts.append((rows.rows + start.row, start.name, start.statics)) }
      try rows.append(block)
    }
    // What is known of the times is complete only now.
    rows.schema = csv.schema
  }

  /// Reads a stream of kind `series` with the column `id` to its end.
  public init(_ reader: TensorReader) throws {
    column = try PanelForm(header: reader.header)?.column ?? "id"
    rows = RereadableSeries(schema: try SeriesSchema(header: reader.header, schema: reader.schema))
    staticColumns = try reader.header.object("rnn.static")?["columns"]?.strings ?? []
    var borders = StreamBorders(statics: staticColumns.count)
    while let chunk = try reader.next() {
      let block = try SeriesRows(chunk, schema: rows.schema)
      guard block.rows > 0 else { continue }
      for start in try borders.beginnings(chunk) {
        starts.append((rows.rows + start.row, start.name, start.statics))
      }
      try rows.append(block)
    }
  }

  /// Whether a stream holds several series.
  public static func holdsSeries(_ reader: TensorReader) -> Bool {
    guard reader.header.kind == "series", let id = reader.schema["id"] else { return false }
    return id.isRagged
  }

  /// Writes `rnn.series`; nothing if there is one series, without a name.
  public func writeForm(short: ShortSeriesPolicy, into header: inout StreamHeader) {
    header.metadata["rnn.series"] = nil
    if let column { PanelForm(column: column, short: short).write(into: &header) }
  }

  /// Writes `rnn.series`, and the names of the columns that describe a series to `rnn.static`.
  public func write(into header: inout StreamHeader) {
    guard let column else { return }
    PanelForm(column: column).write(into: &header)
    guard !staticColumns.isEmpty else { return }
    header.metadata["rnn.static"] = JSONValue.object(["columns": .strings(staticColumns)]).text
  }

  /// Calls `body` with one series after the other.
  public func forEach(_ body: (PanelSeries) throws -> Void) throws {
    var (number, first) = (0, 0)
    var current = SeriesRows(width: schema.columns.count, hasTimes: rows.hasTimes, hasParts: rows.hasParts)
    try rows.forEach { block in
      var position = 0
      while position < block.rows {
        let end = min(endOfSeries(number) - first, block.rows)
        if position == 0, end == block.rows, current.rows == 0 {
          current = block
        } else {
          current.append(block, position..<end)
        }
        position = end
        guard first + end == endOfSeries(number) else { continue }
        try body(PanelSeries(name: starts[number].name, statics: starts[number].statics, rows: current))
        current = SeriesRows(width: block.width, hasTimes: rows.hasTimes, hasParts: rows.hasParts)
        number += 1
      }
      first += block.rows
    }
  }

  private func endOfSeries(_ number: Int) -> Int {
    number + 1 < starts.count ? starts[number + 1].row : rows.rows
  }

  /// The descriptions of the series.
  func forEachDescription(_ body: (_ name: String?, _ statics: [String]) throws -> Void) rethrows {
    for start in starts { try body(start.name, start.statics) }
  }
}

/// Finds where series begin in the chunks of a stream.
private struct StreamBorders {
  let statics: Int
  private var current: [UInt8]?
  private var seen: Set<[UInt8]> = []
  private var row = 0

  init(statics: Int) { self.statics = statics }

  mutating func beginnings(_ chunk: Chunk) throws(Failure) -> [(row: Int, name: String, statics: [String])] {
    guard let ids = chunk.columns["id"]?.ragged, let bytes = ids.values.values(as: UInt8.self) else {
      throw Failure.data("the column id of the series is missing from a chunk")
    }
    let (offsets, described) = (ids.offsets, try descriptions(chunk))
    var found: [(row: Int, name: String, statics: [String])] = []
    for index in 0..<chunk.rows {
      let id = bytes[offsets[index]..<offsets[index + 1]]
      if let current, id.elementsEqual(current) { continue }
      let name = String(decoding: id, as: UTF8.self)
      guard seen.insert(Array(id)).inserted else {
        throw Failure.data(
          "row \(row + index + 1): series \(name) goes on after another one",
          remedy: "sort the rows by series, and by time within each")
      }
      current = Array(id)
      found.append(
        (index, name, try described.map { cells throws(Failure) in try description(cells, index) } ?? []))
    }
    row += chunk.rows
    return found
  }

  /// The texts that describe the series, and where each row's begins; nil if there are none.
  private func descriptions(_ chunk: Chunk) throws(Failure) -> (bytes: [UInt8], offsets: [Int])? {
    guard statics > 0 else { return nil }
    guard let column = chunk.columns["static"]?.ragged, let bytes = column.values.values(as: UInt8.self)
    else {
      throw Failure.data("the column static of the series is missing from a chunk")
    }
    return (bytes, column.offsets)
  }

  private func description(_ column: (bytes: [UInt8], offsets: [Int]), _ row: Int) throws(Failure) -> [String]
  {
    let text = String(decoding: column.bytes[column.offsets[row]..<column.offsets[row + 1]], as: UTF8.self)
    let cells = text.split(separator: ListColumns.separator, omittingEmptySubsequences: false).map(
      String.init)
    guard cells.count == statics else { throw Failure.data("the column static doesn't match rnn.static") }
    return cells
  }
}
