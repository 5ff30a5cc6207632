// Reading tables in two passes: the first determines the type of each column, the second reads the rows.

import Failures
import OperatingSystem
import Sequences
import Tensor
import TensorFile

/// The rows of a CSV or TSV table. Columns called `x.0`, `x.1`, ... become one column `x`; a column of whole
/// numbers is I64, one of other numbers F64 (a cell without text being NaN), any other is text.
public struct TableRows: RowSource {
  /// Empty, since a table has no metadata.
  public let header: StreamHeader
  /// A column for each name, or for each group `x.0`, `x.1`, ..., whose type is given in `types` or inferred from all
  /// cells.
  public let schema: [String: ColumnSchema]
  private let file: TemporaryFile
  private let style: TableStyle
  private let headerLine: CSVHeader
  private let name: String
  private let groups: [ColumnGroup]

  /// - Parameters:
  ///   - names: whether the first line names the columns.
  ///   - types: types of columns, which override the inferred ones.
  ///   - name: the file's name for messages.
  public init(
    _ file: TemporaryFile, style: TableStyle, header names: CSVHeader = .present,
    types: [String: ElementType] = [:], named name: String
  ) throws {
    (self.file, self.style, self.headerLine, self.name) = (file, style, names, name)
    var table = try TableReader(file.source(), style: style, header: headerLine, named: name)
    var kinds = [CellKind](repeating: .empty, count: table.names.count)
    while let row = try table.next() {
      for index in kinds.indices { kinds[index].take(row.cells[index]) }
    }
    groups = try ColumnGroup.groups(table.names, kinds: kinds, types: types, named: name)
    header = StreamHeader(kind: "")
    schema = Dictionary(uniqueKeysWithValues: groups.map { ($0.name, $0.schema) })
  }

  /// The size of the cells of a chunk in bytes, unless one row is longer.
  private static let chunkBytes = 1 << 24

  /// Reads the table a second time, about 262,144 cells or 16 MiB a chunk; throws `Failure` (data) naming the line of
  /// a cell that doesn't match its column's type.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    var table = try TableReader(file.source(), style: style, header: headerLine, named: name)
    let atOnce = rowsAtOnce(table.names.count)
    var rows: [TableReader.Row] = []
    var (isFirst, bytes) = (true, 0)
    while let row = try table.next() {
      rows.append(row)
      bytes += row.cells.reduce(0) { $0 + $1.utf8.count }
      guard rows.count == atOnce || bytes >= Self.chunkBytes else { continue }
      try body(chunk(rows))
      rows.removeAll(keepingCapacity: true)
      (isFirst, bytes) = (false, 0)
    }
    if isFirst || !rows.isEmpty { try body(chunk(rows)) }
  }

  private func chunk(_ rows: [TableReader.Row]) throws -> Chunk {
    var columns: [String: Column] = [:]
    for group in groups { columns[group.name] = try group.column(rows, named: name) }
    return Chunk(columns, rows: rows.count)
  }
}
