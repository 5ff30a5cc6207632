// Splits several series in time order, each by itself, and writes them as a stream of kind `series` with the names of the
// series in `id` and what describes them in `static`.

import Calendar
import Failures
import Tensor
import TensorFile

/// Splits one series after another.
public struct PanelSplitter {
  private static let rowsPerChunk = 1 << 14
  /// The number of rows in the training, validation and test part.
  public private(set) var counts = [0, 0, 0]
  /// The number of rows that are in no part.
  public private(set) var cut = 0
  /// The number of rows without targets at the ends of the series.
  public private(set) var futureRows = 0
  /// The number of series.
  public private(set) var series = 0
  /// The number of values that were filled.
  public private(set) var filled = 0
  private var leftOut = NameList()
  private var fillWarnings: [String] = []

  private let partition: Partition
  private let schema: SeriesSchema
  private let fill: Fill?
  private let known: [String]
  private var rows: SeriesRows
  private var ids = TextCells()
  private var statics = TextCells()

  /// - Parameters:
  ///   - partition: a chronological split; its sizes are those of each series.
  ///   - fill: what replaces missing values; nil if they are errors.
  ///   - known: the columns that are known in the future; rows without other values at the end are dropped.
  ///   - hasTimes: whether rows have times.
  public init(_ partition: Partition, _ schema: SeriesSchema, fill: Fill?, known: [String], hasTimes: Bool) {
    (self.partition, self.schema, self.fill, self.known) = (partition, schema, fill, known)
    rows = SeriesRows(width: schema.columns.count, hasTimes: hasTimes, hasParts: true)
  }

  /// Adds a series; calls `body` with each chunk that is full.
  public mutating func add(_ series: PanelSeries, _ body: (Chunk) throws -> Void) throws {
    let past = try series.naming { try pastRows(series.rows) }
    futureRows += series.rows.rows - past
    guard let counts = try? partition.counts(rows: past) else { return leftOut.add(series.name ?? "") }
    let kept = counts.reduce(0, +)
    var own = series.rows.slice(0..<kept)
    own.parts = counts.enumerated().flatMap { [UInt8](repeating: UInt8($0), count: $1) }
    own = try series.naming { try complete(own) }
    for part in 0..<3 { self.counts[part] += counts[part] }
    cut += past - kept
    self.series += 1
    let (id, description) = (series.name.map { Array($0.utf8) }, series.description)
    for start in stride(from: 0, to: own.rows, by: Self.rowsPerChunk) {
      let end = min(own.rows, start + Self.rowsPerChunk)
      rows.append(own, start..<end)
      if let id { ids.append(id, times: end - start) }
      if let description { statics.append(description, times: end - start) }
      if rows.rows >= Self.rowsPerChunk { try flush(body) }
    }
  }

  /// Calls `body` with the last chunk. Throws `Failure` (data) if no series has enough rows.
  public mutating func finish(_ body: (Chunk) throws -> Void) throws {
    if rows.rows > 0 { try flush(body) }
    guard series == 0 else { return }
    throw Failure.data("no series has enough rows for the parts", remedy: "use smaller parts")
  }

  /// What the user should know.
  public var warnings: [String] {
    guard leftOut.count > 0 else { return fillWarnings }
    let isOne = leftOut.count == 1
    return fillWarnings + [
      "\(leftOut.count) series \(isOne ? "has" : "have") too few rows for the parts and \(isOne ? "is" : "are") left out: \(leftOut.text)"
    ]
  }

  private mutating func flush(_ body: (Chunk) throws -> Void) throws {
    var columns = rows.chunk.columns
    columns["id"] = ids.column
    columns["static"] = statics.column
    try body(Chunk(columns, rows: rows.rows))
    rows = SeriesRows(width: rows.width, hasTimes: rows.times != nil, hasParts: true)
    (ids, statics) = (TextCells(), TextCells())
  }

  /// The number of rows up to the last with a value that is not known in advance.
  private func pastRows(_ rows: SeriesRows) throws(Failure) -> Int {
    guard !known.isEmpty else { return rows.rows }
    let others = schema.columns.indices.filter { !known.contains(schema.columns[$0]) }
    var end = rows.rows
    while end > 0, others.allSatisfy({ rows.values[(end - 1) * rows.width + $0].isNaN }) { end -= 1 }
    return end
  }

  /// The rows with their missing values filled.
  private mutating func complete(_ rows: SeriesRows) throws -> SeriesRows {
    guard let position = rows.values.firstIndex(where: \.isNaN) else { return rows }
    guard let fill else { throw missing(rows, position) }
    guard fill != .drop else { return rows }
    let series = try PanelSeries(name: nil, statics: [], rows: rows).rereadable(schema)
    let (whole, filler) = try series.whole(fill, respectsParts: true)
    filled += filler?.filled ?? 0
    if fillWarnings.isEmpty { fillWarnings = filler?.warnings ?? [] }
    return try whole.allRows()
  }

  private func missing(_ rows: SeriesRows, _ position: Int) -> Failure {
    let (row, column) = (position / rows.width, position % rows.width)
    let time = rows.times.map { " (\(timeText($0[row])))" } ?? ""
    return Failure.data(
      "row \(row + 1)\(time), column \(schema.columns[column]): the value is missing",
      remedy: rows.missingRemedy(row, column, schema))
  }
}

extension PanelSeries {
  /// What describes it, as a cell of the column `static`; nil if nothing does.
  fileprivate var description: [UInt8]? {
    statics.isEmpty ? nil : Array(statics.joined(separator: ListColumns.separator).utf8)
  }
}

/// The texts of some rows, of which many are equal.
private struct TextCells {
  private var bytes: [UInt8] = []
  private var lengths: [Int32] = []

  mutating func append(_ text: [UInt8], times count: Int) {
    for _ in 0..<count { bytes += text }
    lengths += repeatElement(Int32(text.count), count: count)
  }

  var column: Column? { lengths.isEmpty ? nil : .ragged(Ragged(values: Tensor(bytes), lengths: lengths)) }
}
