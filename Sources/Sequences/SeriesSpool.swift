// A series that can be read more than once: in memory while it is small, beyond that in an unlinked
// temporary file, so that a pipe of any length is scaled and split in constant memory.

import Failures
import Glibc
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
  private var file: SpoolFile?

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

  /// Adds rows behind the others.
  public func append(_ more: SeriesRows) throws {
    if rows == 0 { hasParts = more.parts != nil }
    rows += more.rows
    let bytes = more.values.count * 8 + more.rows * 9
    if keptBytes + bytes <= memoryBytes, file == nil {
      kept.append(more)
      keptBytes += bytes
    } else {
      try spool(more)
    }
  }

  /// Calls `body` with all rows, in order, some at a time.
  public func forEach(_ body: (SeriesRows) throws -> Void) throws {
    for rows in kept { try body(rows) }
    guard let file else { return }
    try file.rewind()
    while let rows = try file.next() { try body(rows) }
  }

  private func spool(_ more: SeriesRows) throws {
    let target = try file ?? SpoolFile(width: more.width, hasTimes: more.times != nil, hasParts: hasParts)
    file = target
    try target.append(more)
  }
}

/// Rows of 64-bit words in an unlinked file: the values' bits, the time, the part.
private final class SpoolFile {
  private let empty: SeriesRows
  private let descriptor: Int32
  private var sink: FileSink
  private var source: FileSource

  init(width: Int, hasTimes: Bool, hasParts: Bool) throws {
    empty = SeriesRows(width: width, hasTimes: hasTimes, hasParts: hasParts)
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var path = Array((folder + "/rnnpipe-series-XXXXXX").utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else {
      throw Failure(
        .io, "no temporary file can be made in \(folder): \(String(cString: strerror(errno)))",
        remedy: "$TMPDIR names another folder")
    }
    unlink(path)
    sink = FileSink(descriptor: descriptor)
    source = FileSource(descriptor: descriptor)
  }

  deinit { close(descriptor) }

  private var rowBytes: Int {
    8 * (empty.width + (empty.times == nil ? 0 : 1) + (empty.parts == nil ? 0 : 1))
  }

  func append(_ rows: SeriesRows) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows.rows * rowBytes)
    for row in 0..<rows.rows {
      for value in rows.values[row * rows.width..<(row + 1) * rows.width] {
        bytes.append(word: value.bitPattern)
      }
      if let times = rows.times { bytes.append(word: UInt64(bitPattern: times[row])) }
      if let parts = rows.parts { bytes.append(word: UInt64(parts[row])) }
    }
    try sink.write(bytes)
  }

  func rewind() throws {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw Failure(.io, "the spooled series can't be read back")
    }
  }

  func next() throws -> SeriesRows? {
    let bytes = try read(4096 * rowBytes)
    guard !bytes.isEmpty else { return nil }
    var rows = empty
    for start in stride(from: 0, to: bytes.count, by: rowBytes) {
      var words = stride(from: start, to: start + rowBytes, by: 8).map { bytes.word(at: $0) }[...]
      for word in words.prefix(rows.width) { rows.values.append(Double(bitPattern: word)) }
      words = words.dropFirst(rows.width)
      if let time = words.first, rows.times != nil { rows.times?.append(Int64(bitPattern: time)) }
      if let part = words.last { rows.parts?.append(UInt8(truncatingIfNeeded: part)) }
    }
    return rows
  }

  /// `count` bytes, or what is left; always whole rows.
  private func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try source.read(upTo: count - bytes.count)
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append(word: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
  }

  fileprivate func word(at start: Int) -> UInt64 {
    self[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
