// A series that can be read more than once: in memory if it is small, else in an unlinked temporary file, so
// that a pipe of any length can be scaled and split in constant memory.

import OperatingSystem
import TensorFile

/// The rows of a series, which are written once and can be read any number of times.
public final class RereadableSeries {
  /// The columns and the time column.
  public var schema: SeriesSchema
  /// Whether each row has a part.
  public private(set) var hasParts = false
  /// Whether each row has a time.
  public private(set) var hasTimes = false
  /// Whether a value is missing (NaN).
  public private(set) var hasMissing = false
  /// The number of rows.
  public private(set) var rows = 0
  private let memoryBytes: Int
  private var kept: [SeriesRows] = []
  private var keptBytes = 0
  private var spool: TemporaryFile?
  private var writer: TensorWriter?

  /// - Parameter memoryBytes: the size from which on a file is used.
  public init(schema: SeriesSchema, memoryBytes: Int = 1 << 23) {
    self.schema = schema
    self.memoryBytes = memoryBytes
  }

  /// Reads the rest of a CSV file.
  public convenience init(_ csv: inout SeriesCSV) throws {
    self.init(schema: csv.schema)
    while let rows = try csv.next() { try append(rows) }
    // What is known of the times is complete only now.
    schema = csv.schema
  }

  /// Reads a stream of kind `series` to its end, which is verified.
  public convenience init(_ reader: TensorReader) throws {
    self.init(schema: try SeriesSchema(header: reader.header, schema: reader.schema))
    while let chunk = try reader.next() {
      let rows = try SeriesRows(chunk, schema: schema)
      if rows.rows > 0 { try append(rows) }
    }
  }

  /// Appends rows; all must be appended before the first are read.
  public func append(_ more: SeriesRows) throws {
    if rows == 0 { (hasParts, hasTimes) = (more.parts != nil, more.times != nil) }
    rows += more.rows
    hasMissing = hasMissing || more.values.contains(where: \.isNaN)
    let bytes = more.values.count * 8 + more.rows * 9
    if keptBytes + bytes <= memoryBytes, spool == nil {
      kept.append(more)
      keptBytes += bytes
    } else {
      try write(more)
    }
  }

  /// Calls `body` with all rows in order, in blocks.
  public func forEach(_ body: (SeriesRows) throws -> Void) throws {
    for rows in kept { try body(rows) }
    guard let spool else { return }
    try writer?.finish(nil)
    writer = nil
    let reader = try TensorReader(spool.source(), named: "the temporary copy of the series")
    while let chunk = try reader.next() { try body(try SeriesRows(chunk, schema: schema)) }
  }

  private func write(_ more: SeriesRows) throws {
    if spool == nil {
      let file = try TemporaryFile()
      spool = file
      writer = TensorWriter(file, header: StreamHeader(kind: "series"), level: 1)
    }
    try writer?.write(more.chunk)
  }
}
