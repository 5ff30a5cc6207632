// The arrays of a npz archive as columns, read in parallel: one reader per array, so that only a few rows of each are in
// memory, however long they are.

import ByteStreams
import Failures
import JSON
import OperatingSystem
import Spelling
import Tensor
import TensorFile

/// The rows of a npz archive. `NAME.values` and `NAME.lengths` together are the ragged column NAME. In an archive from
/// rnnpipe, `rnn.metadata` is the metadata, and other names that begin `rnn.` are side tensors. Arrays of different
/// lengths, such as weights, all become side tensors, and there are no columns.
public struct NpzRows: RowSource {
  /// The metadata of `rnn.metadata`, and as side tensors the arrays that are not columns.
  public let header: StreamHeader
  /// The columns; none if the arrays are not rows.
  public let schema: [String: ColumnSchema]
  private let name: String
  private let columns: [Source]
  private let sources: (String) throws -> any ByteSource
  private let rows: Int

  /// The arrays of a column.
  private struct Source {
    let column: String
    let values: String
    /// The array of the lengths, if the column is ragged.
    let lengths: String?

    var arrays: [String] { [values] + (lengths.map { [$0] } ?? []) }
  }

  /// - Parameters:
  ///   - chosen: the columns to read; all if empty.
  ///   - name: the file's name for messages.
  /// - Throws: a failure if the file is damaged, or a chosen column is missing.
  public init(_ file: TemporaryFile, columns chosen: [String] = [], named name: String) throws {
    let arrays = try NpzArrays(file, named: name)
    self.name = name
    let isOwn = arrays.names.contains(metadataName)
    let all = NpzRows.columns(arrays.names.filter { !isOwn || !$0.hasPrefix("rnn.") })
    for column in chosen where !all.contains(where: { $0.column == column }) {
      throw Failure.usage(
        "there is no column \(column)", at: "--column",
        remedy: suggestion(for: column, among: all.map(\.column), listedAs: "the columns are"))
    }
    let wanted = chosen.isEmpty ? all : all.filter { chosen.contains($0.column) }
    let survey = try NpzRows.survey(wanted, arrays)
    let hasNoRows = Set(survey.rows.values).count > 1 && chosen.isEmpty
    guard hasNoRows || Set(survey.rows.values).count <= 1 else { throw NpzRows.uneven(survey.rows, name) }
    let side = arrays.names.filter { hasNoRows || (isOwn && $0.hasPrefix("rnn.")) }
    header = try NpzRows.header(arrays.whole(side), named: name)
    columns = hasNoRows ? [] : wanted
    schema = hasNoRows ? [:] : survey.schema
    rows = hasNoRows ? 0 : survey.rows.values.first ?? 0
    try NpzRows.checkRowSize(schema, name)
    sources = try arrays.sources(of: Set(columns.flatMap(\.arrays)))
  }

  private static func uneven(_ rows: [String: Int], _ name: String) -> Failure {
    let list = rows.sorted { $0.key < $1.key }.prefix(12).map { "\($0.key) has \($0.value)" }.joined(
      separator: ", ")
    return .data("the columns differ in rows: \(list)", at: name, remedy: "convert them one by one")
  }

  /// Side tensors and, from `rnn.metadata`, the metadata.
  private static func header(_ side: [String: Tensor], named name: String) throws -> StreamHeader {
    var header = StreamHeader(kind: "", side: side)
    guard let bytes = header.side.removeValue(forKey: metadataName)?.values(as: UInt8.self) else {
      return header
    }
    guard let texts = try JSONValue(parsing: bytes).object else {
      throw Failure.data("the array \(metadataName) is not a JSON object", at: name)
    }
    header.metadata = texts.compactMapValues(\.string)
    return header
  }

  private static func columns(_ arrays: Set<String>) -> [Source] {
    let ragged = arrays.filter { $0.hasSuffix(".lengths") }.map { String($0.dropLast(8)) }
      .filter { arrays.contains("\($0).values") }
    let parts = Set(ragged.flatMap { ["\($0).values", "\($0).lengths"] })
    let dense = arrays.subtracting(parts).map { Source(column: $0, values: $0, lengths: nil) }
    let uneven = ragged.map { Source(column: $0, values: "\($0).values", lengths: "\($0).lengths") }
    return (dense + uneven).sorted { $0.column < $1.column }
  }

  /// The columns' schemas and numbers of rows.
  private static func survey(
    _ columns: [Source], _ arrays: NpzArrays
  ) throws -> (schema: [String: ColumnSchema], rows: [String: Int]) {
    var (schema, rows): ([String: ColumnSchema], [String: Int]) = ([:], [:])
    for source in columns {
      let values = try arrays.header(source.values)
      let lengths = try source.lengths.map { try arrays.header($0) }
      schema[source.column] = ColumnSchema(
        type: values.type.elementType, rowShape: values.rowShape, isRagged: lengths != nil)
      rows[source.column] = lengths?.rows ?? values.rows
    }
    return (schema, rows)
  }

  /// Throws `Failure` (data) if one row of all columns together is larger than a row may be.
  private static func checkRowSize(_ schema: [String: ColumnSchema], _ name: String) throws {
    let size = schema.values.filter { !$0.isRagged }.reduce(0) { sum, column in
      sum + column.rowShape.reduce(column.type.byteCount, *)
    }
    guard size <= NpyHeader.longestRow else {
      throw Failure.data(
        "one row of all columns is larger than \(NpyHeader.longestRow >> 20) MiB", at: name,
        remedy: "choose some columns with --column")
    }
  }

  /// Reads the members in parallel, a few rows of each at a time; throws `Failure` (data) if one is damaged.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    if columns.isEmpty { return try body(Chunk([:], rows: 0)) }
    var readers = try columns.map {
      try NpzColumnReader(
        $0.column, values: sources($0.values), lengths: $0.lengths.map(sources), named: name)
    }
    let width = schema.values.reduce(0) { $0 + ($1.isRagged ? 1 : $1.rowShape.reduce(1, *)) }
    let raggedBytes = (1 << 24) / columns.count
    var left = rows
    repeat {
      var count = min(left, rowsAtOnce(width))
      for index in readers.indices { count = try readers[index].affordable(count, bytes: raggedBytes) }
      var parts: [String: Column] = [:]
      for index in readers.indices { parts[readers[index].column] = try readers[index].next(count) }
      try body(Chunk(parts, rows: count))
      left -= count
    } while left > 0
    for index in readers.indices { try readers[index].finish() }
  }
}
