// A series that can be read more than once: in memory while it is small, beyond that in an unlinked
// temporary file, so that a pipe of any length is scaled and split in constant memory.

import OperatingSystem
import TensorFile

/// All rows of a series, written once and read any number of times.
public final class SeriesSpool {
  /// The columns and times.
  public var facts: SeriesFacts
  /// Whether each row has a part.
  public private(set) var hasParts = false
  /// How many rows were appended.
  public private(set) var rows = 0
  private let memoryBytes: Int
  private var kept: [SeriesRows] = []
  private var keptBytes = 0
  private var spool: TemporaryFile?
  private var writer: TensorWriter?

  /// - Parameter memoryBytes: how much is kept in memory before a file is used.
  public init(facts: SeriesFacts, memoryBytes: Int = 1 << 26) {
    self.facts = facts
    self.memoryBytes = memoryBytes
  }

  /// Reads the rest of a CSV file.
  public convenience init(_ csv: inout SeriesCSV) throws {
    self.init(facts: csv.facts)
    while let rows = try csv.next() { try append(rows) }
  }

  /// Reads a stream of kind `series` to its verified end.
  public convenience init(_ reader: TensorReader) throws {
    self.init(facts: try SeriesFacts(header: reader.header, schema: reader.schema))
    while let chunk = try reader.next() {
      let rows = try SeriesRows(chunk, facts: facts)
      if rows.rows > 0 { try append(rows) }
    }
  }

  /// Adds rows behind the others, before any are read.
  public func append(_ more: SeriesRows) throws {
    if rows == 0 { hasParts = more.parts != nil }
    rows += more.rows
    let bytes = more.values.count * 8 + more.rows * 9
    if keptBytes + bytes <= memoryBytes, spool == nil {
      kept.append(more)
      keptBytes += bytes
    } else {
      try write(more)
    }
  }

  /// Calls `body` with all rows, in order, some at a time.
  public func forEach(_ body: (SeriesRows) throws -> Void) throws {
    for rows in kept { try body(rows) }
    guard let spool else { return }
    try writer?.finish(nil)
    writer = nil
    let reader = try TensorReader(spool.source(), named: "the spooled series")
    while let chunk = try reader.next() { try body(try SeriesRows(chunk, facts: facts)) }
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
