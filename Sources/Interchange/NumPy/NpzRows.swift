// The arrays of a npz archive as columns, read in parallel: one reader per member, so that only a few rows of each
// are in memory, however long they are.

import Archives
import Failures
import JSON
import OperatingSystem
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
  private let archive: ZipArchive
  private let name: String
  private let columns: [Source]
  private let rows: Int

  /// The position of a column in the archive.
  private struct Source {
    let column: String
    let values: Int
    /// The member of the lengths, if the column is ragged.
    let lengths: Int?
  }

  /// - Parameters:
  ///   - chosen: the columns to read; all if empty.
  ///   - name: the file's name for messages.
  /// - Throws: a failure if the file is damaged, or a chosen column is missing.
  public init(_ file: TemporaryFile, columns chosen: [String] = [], named name: String) throws {
    let archive = try ZipArchive(file, named: name)
    (self.archive, self.name) = (archive, name)
    let members = try NpzRows.arrays(archive, name)
    let isOwn = members[metadataName] != nil
    let all = NpzRows.columns(members.filter { !isOwn || !$0.key.hasPrefix("rnn.") })
    for column in chosen where !all.contains(where: { $0.column == column }) {
      let known = all.map(\.column).joined(separator: ", ")
      throw Failure.usage("there is no column \(column)", at: "--column", remedy: "the columns are \(known)")
    }
    let wanted = chosen.isEmpty ? all : all.filter { chosen.contains($0.column) }
    let survey = try NpzRows.survey(wanted, archive, name)
    let hasNoRows = Set(survey.rows.values).count > 1 && chosen.isEmpty
    guard hasNoRows || Set(survey.rows.values).count <= 1 else { throw NpzRows.uneven(survey.rows, name) }
    let side = members.filter { hasNoRows || (isOwn && $0.key.hasPrefix("rnn.")) }
    header = try NpzRows.header(side.mapValues { try NpzRows.whole(archive, $0, name) }, named: name)
    columns = hasNoRows ? [] : wanted
    schema = hasNoRows ? [:] : survey.schema
    rows = hasNoRows ? 0 : survey.rows.values.first ?? 0
  }

  private static func uneven(_ rows: [String: Int], _ name: String) -> Failure {
    let list = rows.sorted { $0.key < $1.key }.map { "\($0.key) has \($0.value)" }.joined(separator: ", ")
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

  /// The number of each array's member, by the array's name.
  private static func arrays(_ archive: ZipArchive, _ name: String) throws -> [String: Int] {
    var arrays: [String: Int] = [:]
    for (number, member) in archive.members.enumerated() {
      guard member.hasSuffix(".npy") else {
        throw Failure.data(
          "the member \(member) is not a npy array", at: name, remedy: "use a file written by numpy.savez")
      }
      guard arrays.updateValue(number, forKey: String(member.dropLast(4))) == nil else {
        throw Failure.data("the archive holds \(member) twice", at: name)
      }
    }
    guard !arrays.isEmpty else { throw Failure.data("the archive holds no array", at: name) }
    return arrays
  }

  private static func columns(_ members: [String: Int]) -> [Source] {
    let ragged = members.keys.filter { $0.hasSuffix(".lengths") }.map { String($0.dropLast(8)) }
      .filter { members["\($0).values"] != nil }
    let parts = Set(ragged.flatMap { ["\($0).values", "\($0).lengths"] })
    let dense = members.filter { !parts.contains($0.key) }
      .map { Source(column: $0.key, values: $0.value, lengths: nil) }
    let uneven = ragged.compactMap { column in
      members["\(column).values"].map {
        Source(column: column, values: $0, lengths: members["\(column).lengths"])
      }
    }
    return (dense + uneven).sorted { $0.column < $1.column }
  }

  private static func whole(_ archive: ZipArchive, _ member: Int, _ name: String) throws -> Tensor {
    var array = try NpyReader(archive.source(member), named: name)
    return try array.next(array.header.rows).reshaped(array.header.shape)
  }

  /// The columns' schemas and numbers of rows.
  private static func survey(
    _ columns: [Source], _ archive: ZipArchive, _ name: String
  ) throws -> (schema: [String: ColumnSchema], rows: [String: Int]) {
    var (schema, rows): ([String: ColumnSchema], [String: Int]) = ([:], [:])
    for source in columns {
      let values = try header(archive, source.values, name, source.column)
      let lengths = try source.lengths.map { try header(archive, $0, name, source.column) }
      schema[source.column] = ColumnSchema(
        type: values.type.elementType, rowShape: values.rowShape, isRagged: lengths != nil)
      rows[source.column] = lengths?.rows ?? values.rows
    }
    return (schema, rows)
  }

  private static func header(_ archive: ZipArchive, _ member: Int, _ name: String, _ column: String) throws
    -> NpyHeader
  {
    var reader = ExactReader(try archive.source(member), named: name)
    return try NpyHeader(&reader, named: "\(name), array \(column)")
  }

  /// Reads the members in parallel, a few rows of each at a time; throws `Failure` (data) if one is damaged.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    if columns.isEmpty { return try body(Chunk([:], rows: 0)) }
    var readers = try columns.map {
      try ColumnReader($0.column, archive, values: $0.values, lengths: $0.lengths, name)
    }
    let widest = schema.values.map { $0.rowShape.reduce($0.isRagged ? 256 : 1, *) }.max() ?? 1
    var left = rows
    repeat {
      let count = min(left, rowsAtOnce(widest))
      var parts: [String: Column] = [:]
      for index in readers.indices { parts[readers[index].column] = try readers[index].next(count) }
      try body(Chunk(parts, rows: count))
      left -= count
    } while left > 0
    for index in readers.indices { try readers[index].finish() }
  }
}

/// Reads one column of a npz archive row by row.
private struct ColumnReader {
  let column: String
  private var values: NpyReader
  private var lengths: NpyReader?
  private let name: String

  init(_ column: String, _ archive: ZipArchive, values: Int, lengths: Int?, _ name: String) throws {
    self.column = column
    self.name = "\(name), array \(column)"
    self.values = try NpyReader(archive.source(values), named: self.name)
    self.lengths = try lengths.map {
      try NpyReader(archive.source($0), named: "\(name), array \(column)")
    }
  }

  mutating func next(_ count: Int) throws -> Column {
    guard lengths != nil, let numbers = try lengths?.next(count).integers else {
      return .dense(try values.next(count))
    }
    var total = 0
    for number in numbers {
      guard number >= 0, number <= values.rowsLeft - total, number <= Int32.max else { throw mismatch }
      total += number
    }
    return .ragged(Ragged(values: try values.next(total), lengths: numbers.map { Int32($0) }))
  }

  mutating func finish() throws {
    guard values.rowsLeft == 0 else { throw mismatch }
    try values.finish()
    try lengths?.finish()
  }

  private var mismatch: Failure { .data("the lengths don't add up to the values", at: name) }
}
